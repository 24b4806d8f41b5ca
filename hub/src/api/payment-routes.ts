import { refusalAnswer } from '@lianpiao/shared/http/problem';
import type { Env, Hono } from 'hono';
import { z } from 'zod';
import type { Hub } from '../hub.ts';
import { paymentNotified } from '../orders/payment-notified.ts';
import { isSignedCall, SIGNATURE_HEADER } from '../payments/sandbox/signature.ts';

const notice = z.object({
  paymentId: z.string().min(1).max(64),
  providerRef: z.string().min(1).max(64),
  amountFen: z.int().min(1).max(1e9),
  paidAt: z.int().min(0),
});

/**
 * `POST /psp/notify`: the provider says that somebody paid. Only what carries its signature is believed; anything but 200
 * makes it say so again.
 */
export function paymentRoutes<Known extends Env>(app: Hono<Known>, hub: Hub, secret: Uint8Array): void {
  app.post('/psp/notify', async (c) => {
    const body = await c.req.text();
    const call = { method: 'POST', path: c.req.path, body };
    if (!isSignedCall(secret, call, c.req.header(SIGNATURE_HEADER)))
      return refusalAnswer(c, { code: 'auth.bad-signature' });
    const parsed = notice.safeParse(jsonOf(body));
    if (!parsed.success) return refusalAnswer(c, { code: 'body.malformed' });
    const taken = await paymentNotified(hub, parsed.data, hub.clock.now());
    return taken.ok ? c.json(taken.value) : refusalAnswer(c, taken.refusal);
  });
}

/** What a signed body says; undefined, which no schema takes, when it is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
