import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from '@lianpiao/shared/http/openapi-app';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import { z } from 'zod';
import type { Hub } from '../hub.ts';
import { paymentNotified } from '../orders/payment-notified.ts';
import { NOTIFY_PATH, type Sandbox } from './open-sandbox.ts';
import { SIGNATURE_HEADER } from './sandbox/signature.ts';

const notice = z.object({
  paymentId: z.string().max(64),
  providerRef: z.string().min(1).max(64),
  amountFen: z.int().min(0),
  paidAt: z.int().min(0),
});

/** The provider tells of a payment. Whatever is not signed by it is refused; a repeat is a yes that changes nothing. */
export function notifyRoute(app: OpenAPIHono<ApiEnv>, hub: Hub, sandbox: Sandbox): void {
  app.post(NOTIFY_PATH, async (c) => {
    const body = await c.req.text();
    if (!sandbox.isFromProvider(body, c.req.header(SIGNATURE_HEADER))) return refusalAnswer(c, { code: 'auth.needed' });
    const parsed = notice.safeParse(jsonOf(body));
    if (!parsed.success) return refusalAnswer(c, { code: 'body.malformed' });
    const taken = await paymentNotified(hub, parsed.data, hub.clock.now());
    return taken.ok ? c.json(taken.value) : refusalAnswer(c, taken.refusal);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
