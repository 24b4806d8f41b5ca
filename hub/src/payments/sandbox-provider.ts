import type { Clock } from '@lianpiao/shared/clock';
import { instantOf, serviceDate } from '@lianpiao/shared/domain/service-day';
import { type Context, Hono } from 'hono';
import { endPage, payPage } from './sandbox/pay-page.ts';
import { openPayment, PspBook, payMode, refundOrder } from './sandbox/psp-book.ts';
import { isSignedCall, SIGNATURE_HEADER, signCall } from './sandbox/signature.ts';

export type SandboxOptions = {
  /** Key that the merchant and the provider share, 32 bytes. */
  readonly secret: Uint8Array;
  /** Where payments are told: `…/psp/notify` of the hub. */
  readonly notifyUrl: () => string;
  readonly clock: Clock;
  /** The provider's own number of a payment. */
  readonly newRef: () => string;
  /** File that keeps the payments over a restart. */
  readonly journal?: string;
  /** How it speaks HTTP. */
  readonly send?: (url: string, init: RequestInit) => Promise<Response>;
};

/** A notice that nobody takes is repeated after so long, doubled up to the cap, in ms, and given up after so many. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;
const ATTEMPTS_MAX = 30;
const NOTICE_TIMEOUT_MS = 5_000;

/**
 * 沙箱支付: a payment provider of our own, as an HTTP service with a page to pay at, signed notices that are repeated until
 * they are taken, refunds and a statement. It moves no money, and makes a payment late, double or missing on command.
 */
export class SandboxProvider {
  readonly app: Hono;
  readonly #options: SandboxOptions;
  readonly #book: PspBook;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { journal, newRef } = options;
    this.#book = new PspBook({ newRef, ...(journal === undefined ? {} : { journal }) });
    this.app = this.#routes();
  }

  /** Tells the hub of payments that it has not taken yet. Called again and again. */
  async deliver(): Promise<void> {
    const { clock } = this.#options;
    for (const notice of this.#book.dueNotices(clock.now())) {
      if (await this.#tell(JSON.stringify(notice.made))) this.#book.noticeTaken(notice.made.providerRef);
      else if (notice.attempts >= ATTEMPTS_MAX) notice.nextAt = Number.POSITIVE_INFINITY;
      else {
        notice.nextAt = clock.now() + Math.min(RETRY_MS * 2 ** notice.attempts, RETRY_MS_MAX);
        notice.attempts += 1;
      }
    }
  }

  async #tell(body: string): Promise<boolean> {
    const { secret, notifyUrl, send = fetch } = this.#options;
    const url = notifyUrl();
    const signature = signCall(secret, { method: 'POST', path: new URL(url).pathname, body });
    try {
      const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature };
      const response = await send(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(NOTICE_TIMEOUT_MS),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      // Not reached: the notice is repeated, which is all that a provider does about it.
      return false;
    }
  }

  #routes(): Hono {
    const { clock } = this.#options;
    const book = this.#book;
    const app = new Hono();
    app.post('/psp/v1/payments', (c) =>
      this.#merchant(c, openPayment, (payment) => {
        const { paymentId } = book.open(payment);
        return { paymentId, payPath: `/psp/pay/${paymentId}` };
      }),
    );
    app.get('/psp/v1/payments/:paymentId', (c) =>
      this.#merchant(c, null, () => ({ paid: book.paid(c.req.param('paymentId'), clock.now()) })),
    );
    app.post('/psp/v1/refunds', (c) =>
      this.#merchant(c, refundOrder, (refund) => ({ accepted: book.refund(refund, clock.now()) })),
    );
    app.get('/psp/v1/statement', (c) =>
      this.#merchant(c, null, () => {
        const date = serviceDate(c.req.query('date') ?? '');
        if (!date.ok) return { lines: [] };
        const from = instantOf(date.value, 0, 'Asia/Shanghai');
        return { lines: book.statement(from, from + 24 * 3600_000) };
      }),
    );
    app.get('/psp/pay/:paymentId', (c) => {
      const payment = book.payment(c.req.param('paymentId'));
      const state = payment && book.stateOf(payment, clock.now());
      if (!payment || !state) return c.html(endPage('unknown'), 404);
      return c.html(state === 'open' ? payPage(payment) : endPage(state === 'over' ? 'over' : 'paid'));
    });
    app.post('/psp/pay/:paymentId', async (c) => {
      const payment = book.payment(c.req.param('paymentId'));
      const mode = payMode.safeParse((await c.req.parseBody()).mode ?? 'pay');
      if (!payment || !mode.success) return c.html(endPage('unknown'), 404);
      if (!book.pay(payment, mode.data, clock.now())) return c.html(endPage('over'), 409);
      await this.deliver();
      return c.html(endPage(mode.data === 'never' ? 'left' : 'paid'));
    });
    return app;
  }

  /** A call of the merchant: signed, and of the right form. */
  async #merchant<Body>(
    c: Context,
    form: { safeParse(value: unknown): { success: true; data: Body } | { success: false } } | null,
    answer: (body: Body) => object,
  ): Promise<Response> {
    const body = await c.req.text();
    const { pathname, search } = new URL(c.req.url);
    const call = { method: c.req.method, path: pathname + search, body };
    if (!isSignedCall(this.#options.secret, call, c.req.header(SIGNATURE_HEADER)))
      return c.json({ code: 'psp.bad-signature' }, 401);
    if (form === null) return c.json(answer(undefined as Body));
    const parsed = form.safeParse(jsonOf(body));
    return parsed.success ? c.json(answer(parsed.data)) : c.json({ code: 'psp.malformed' }, 422);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
