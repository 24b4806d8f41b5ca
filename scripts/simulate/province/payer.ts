import type {
  PaymentNotice,
  PaymentProvider,
  PaymentWish,
  StatedRefund,
  StatementLine,
} from '@lianpiao/hub/payments/payment-provider';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { theTime } from '../world/virtual-time.ts';

/** The world behind the payment provider: pages that somebody pays at, and money that was sent back. */
export class Payer {
  readonly wishes = new Map<string, PaymentWish>();
  readonly #paid = new Map<string, PaymentNotice[]>();
  readonly #returned = new Map<string, StatedRefund>();
  /** Share of the calls that do not get through, or whose answer is lost. */
  unreachable = 0;

  readonly provider: PaymentProvider = {
    name: 'sandbox',
    create: (wish) =>
      this.#called(() => {
        this.wishes.set(wish.paymentId, wish);
        return { payUrl: wish.paymentId };
      }),
    paid: (paymentId) => this.#called(() => this.#paid.get(paymentId) ?? []),
    refund: ({ refundId, providerRef, amountFen }) =>
      this.#called(() => {
        const at = theTime().wall;
        if (!this.#returned.has(refundId))
          this.#returned.set(refundId, { kind: 'refund', refundId, providerRef, amountFen, at });
        return true;
      }),
    statement: (day) => this.#called(() => this.#lines.filter(({ at }) => serviceDateOf(at, 'Asia/Shanghai') === day)),
  };

  /** Every payment that was made: a provider repeats its word for a day. */
  get notices(): readonly PaymentNotice[] {
    return [...this.#paid.values()].flat();
  }

  get #lines(): StatementLine[] {
    const payments = this.notices.map(({ paymentId, providerRef, amountFen, paidAt: at }) => {
      const { orderId } = this.wishes.get(paymentId)!;
      return { kind: 'payment' as const, paymentId, orderId, providerRef, amountFen, at };
    });
    return [...payments, ...this.#returned.values()].sort((a, b) => a.at - b.at);
  }

  /** What the provider holds for the hub, in fen. */
  get balanceFen(): number {
    const paid = [...this.#paid.values()].flat().reduce((sum, { amountFen }) => sum + amountFen, 0);
    return [...this.#returned.values()].reduce((left, { amountFen }) => left - amountFen, paid);
  }

  /** Somebody pays at the page; undefined when the page has ended. */
  pay(paymentId: string): PaymentNotice | undefined {
    const wish = this.wishes.get(paymentId);
    const now = theTime().wall;
    if (!wish || now >= wish.endsAt) return undefined;
    const made = this.#paid.get(paymentId) ?? [];
    const notice = { paymentId, providerRef: `${paymentId}-${made.length}`, amountFen: wish.amountFen, paidAt: now };
    this.#paid.set(paymentId, [...made, notice]);
    return notice;
  }

  async #called<Value>(work: () => Value): Promise<Value> {
    const { random } = theTime();
    const dice = random();
    if (dice < this.unreachable / 2) throw unreachable();
    await new Promise<void>((passed) => setTimeout(passed, Math.floor(random() * 50)));
    const value = work();
    if (dice < this.unreachable) throw unreachable();
    return value;
  }
}

function unreachable(): Fault {
  return new Fault('payment.provider-unreachable', 'the line to the provider is broken', { hint: '', retryable: true });
}
