import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { z } from 'zod';
import type { StatementLine } from '../payment-provider.ts';

/** What a payer does on the sandbox's page: pays; pays, and the word of it comes late; pays twice; walks away. */
export const payMode = z.enum(['pay', 'late', 'twice', 'never']);
export type PayMode = z.infer<typeof payMode>;

export const openPayment = z.object({
  paymentId: z.string().min(1).max(64),
  orderId: z.string().min(1).max(64),
  amountFen: z.int().min(1).max(1e9),
  subject: z.string().max(120),
  endsAt: z.int(),
});
const madePayment = z.object({ paymentId: z.string(), providerRef: z.string(), amountFen: z.int(), paidAt: z.int() });
export const refundOrder = z.object({
  refundId: z.string().min(1).max(64),
  paymentId: z.string().min(1).max(64),
  providerRef: z.string().min(1).max(64),
  amountFen: z.int().min(1).max(1e9),
});

export type OpenPayment = z.infer<typeof openPayment>;
export type MadePayment = z.infer<typeof madePayment>;
export type RefundOrder = z.infer<typeof refundOrder>;

const entry = z.discriminatedUnion('op', [
  z.object({ op: z.literal('opened'), payment: openPayment }),
  z.object({ op: z.literal('made'), made: madePayment }),
  z.object({ op: z.literal('left'), paymentId: z.string() }),
  z.object({ op: z.literal('refunded'), refund: refundOrder, at: z.int() }),
  z.object({ op: z.literal('notified'), providerRef: z.string() }),
]);
type Entry = z.infer<typeof entry>;

export type Notice = { readonly made: MadePayment; attempts: number; nextAt: EpochMs };
/** Late word comes that long after the end of the payment: the seats have gone by then. In ms. */
const LATE_MS = 60_000;

/**
 * What the sandbox provider knows: payments opened, made and refunded, and notices not yet taken. With a journal file it
 * survives a restart as a real provider does.
 */
export class PspBook {
  readonly #journal: string | undefined;
  readonly #newRef: () => string;
  readonly #open = new Map<string, OpenPayment>();
  readonly #made = new Map<string, MadePayment>();
  readonly #left = new Set<string>();
  readonly #refunds = new Map<string, { readonly refund: RefundOrder; readonly at: EpochMs }>();
  readonly #notices = new Map<string, Notice>();

  constructor({ journal, newRef }: { readonly journal?: string; readonly newRef: () => string }) {
    this.#journal = journal;
    this.#newRef = newRef;
    if (journal === undefined || !existsSync(journal)) return;
    const lines = readFileSync(journal, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    for (const line of lines) this.#apply(entry.parse(JSON.parse(line)));
  }

  /** Opens a payment once; the same number again is the same payment. */
  open(payment: OpenPayment): OpenPayment {
    const known = this.#open.get(payment.paymentId);
    if (known) return known;
    this.#write({ op: 'opened', payment });
    return payment;
  }

  payment(paymentId: string): OpenPayment | undefined {
    return this.#open.get(paymentId);
  }

  /** Payments that have been made under a number, as far as their word is out. */
  paid(paymentId: string, now: EpochMs): MadePayment[] {
    return [...this.#made.values()].filter((made) => made.paymentId === paymentId && made.paidAt <= now);
  }

  /** `open`, `over` when its time has passed, `done` once the payer has decided. */
  stateOf(payment: OpenPayment, now: EpochMs): 'open' | 'over' | 'done' {
    const decided =
      this.#left.has(payment.paymentId) ||
      [...this.#made.values()].some((made) => made.paymentId === payment.paymentId);
    return decided ? 'done' : now < payment.endsAt ? 'open' : 'over';
  }

  /** The payer decides, once and in time. */
  pay(payment: OpenPayment, mode: PayMode, now: EpochMs): boolean {
    const { paymentId, amountFen, endsAt } = payment;
    if (this.stateOf(payment, now) !== 'open') return false;
    if (mode === 'never') this.#write({ op: 'left', paymentId });
    const paidAt = mode === 'late' ? endsAt + LATE_MS : now;
    const times = { pay: 1, late: 1, twice: 2, never: 0 }[mode];
    for (let time = 0; time < times; time += 1)
      this.#write({ op: 'made', made: { paymentId, providerRef: this.#newRef(), amountFen, paidAt } });
    return true;
  }

  /** Gives money back once a `refundId`. False when the payment is not there or not so large. */
  refund(refund: RefundOrder, now: EpochMs): boolean {
    if (this.#refunds.has(refund.refundId)) return true;
    const made = this.#made.get(refund.providerRef);
    const before = [...this.#refunds.values()].filter((each) => each.refund.providerRef === refund.providerRef);
    const refunded = before.reduce((sum, each) => sum + each.refund.amountFen, 0);
    if (!made || refunded + refund.amountFen > made.amountFen) return false;
    this.#write({ op: 'refunded', refund, at: now });
    return true;
  }

  dueNotices(now: EpochMs): Notice[] {
    return [...this.#notices.values()].filter(({ nextAt }) => nextAt <= now);
  }

  noticeTaken(providerRef: string): void {
    this.#write({ op: 'notified', providerRef });
  }

  /** Everything that moved money between two instants, in order. */
  statement(from: EpochMs, to: EpochMs): StatementLine[] {
    const payments = [...this.#made.values()].map(({ providerRef, paymentId, amountFen, paidAt }) => ({
      kind: 'payment' as const,
      paymentId,
      orderId: this.#open.get(paymentId)!.orderId,
      providerRef,
      amountFen,
      at: paidAt,
    }));
    const refunds = [...this.#refunds.values()].map(({ refund, at }) => ({
      kind: 'refund' as const,
      refundId: refund.refundId,
      providerRef: refund.providerRef,
      amountFen: refund.amountFen,
      at,
    }));
    return [...payments, ...refunds].filter(({ at }) => from <= at && at < to).sort((a, b) => a.at - b.at);
  }

  #write(change: Entry): void {
    if (this.#journal !== undefined) appendFileSync(this.#journal, `${JSON.stringify(change)}\n`, { mode: 0o600 });
    this.#apply(change);
  }

  #apply(change: Entry): void {
    if (change.op === 'opened') this.#open.set(change.payment.paymentId, change.payment);
    else if (change.op === 'left') this.#left.add(change.paymentId);
    else if (change.op === 'refunded') this.#refunds.set(change.refund.refundId, change);
    else if (change.op === 'notified') this.#notices.delete(change.providerRef);
    else {
      const { made } = change;
      this.#made.set(made.providerRef, made);
      this.#notices.set(made.providerRef, { made, attempts: 0, nextAt: made.paidAt });
    }
  }
}
