import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';
import type { PaymentProvider } from './payment-provider.ts';
import { SIGNATURE_HEADER, signCall } from './sandbox/signature.ts';

export type SandboxAccess = {
  /** Origin of the provider, such as `http://127.0.0.1:8080`. */
  readonly url: () => string;
  readonly secret: Uint8Array;
  readonly send?: (url: string, init: RequestInit) => Promise<Response>;
};

const TIMEOUT_MS = 5_000;

const opened = z.object({ payPath: z.string().startsWith('/psp/pay/') });
const paid = z.object({
  paid: z.array(
    z.object({ paymentId: z.string(), providerRef: z.string().min(1).max(64), amountFen: z.int(), paidAt: z.int() }),
  ),
});
const stated = { providerRef: z.string().min(1).max(64), amountFen: z.int(), at: z.int() };
const statement = z.object({
  lines: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('payment'), paymentId: z.string(), orderId: z.string(), ...stated }),
      z.object({ kind: z.literal('refund'), refundId: z.string(), ...stated }),
    ]),
  ),
});
const refunded = z.object({ accepted: z.boolean() });

/** The sandbox provider as the hub's payment provider, over HTTP like any other. @throws Fault `payment.provider-unreachable`. */
export function sandboxClient(access: SandboxAccess): PaymentProvider {
  return {
    name: 'sandbox',
    create: async (wish) => {
      const { payPath } = await call(access, 'POST', '/psp/v1/payments', opened, wish);
      return { payUrl: new URL(payPath, access.url()).href };
    },
    paid: async (paymentId) =>
      (await call(access, 'GET', `/psp/v1/payments/${encodeURIComponent(paymentId)}`, paid)).paid,
    refund: async (order) => (await call(access, 'POST', '/psp/v1/refunds', refunded, order)).accepted,
    statement: async (day) => (await call(access, 'GET', `/psp/v1/statement?date=${day}`, statement)).lines,
  };
}

async function call<Answer>(
  { url, secret, send = fetch }: SandboxAccess,
  method: string,
  path: string,
  form: z.ZodType<Answer>,
  body?: object,
): Promise<Answer> {
  const text = body ? JSON.stringify(body) : '';
  const headers = {
    'content-type': 'application/json',
    [SIGNATURE_HEADER]: signCall(secret, { method, path, body: text }),
  };
  try {
    const init = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS), ...(body ? { body: text } : {}) };
    const response = await send(new URL(path, url()).href, init);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return form.parse(answer);
  } catch (cause) {
    const hint = '支付平台暂时联系不上：请稍后用同一订单重试，没有扣款。';
    throw new Fault('payment.provider-unreachable', `the payment provider did not answer ${method} ${path}`, {
      hint,
      retryable: true,
      cause,
    });
  }
}
