import { paymentRoutes } from '@lianpiao/hub/api/payment-routes';
import type { Hub } from '@lianpiao/hub/hub';
import { sandboxClient } from '@lianpiao/hub/payments/sandbox-client';
import { SandboxProvider } from '@lianpiao/hub/payments/sandbox-provider';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';

const SECRET = Buffer.alloc(32, 9);
const ORIGIN = 'http://hub.test';

/** What a payer does on the provider's page. */
export type Payer = 'pay' | 'late' | 'twice' | 'never';

/** The sandbox provider and the hub's ear for it, over HTTP that stays in the process. */
export function openPayments(clock: { now(): number }, newRef: () => string) {
  const ear = openApiApp((cause) => {
    throw cause;
  });
  const send = async (url: string, init: RequestInit) =>
    url.endsWith('/psp/notify') ? ear.request(url, init) : sandbox.app.request(url, init);
  const sandbox: SandboxProvider = new SandboxProvider({
    secret: SECRET,
    clock,
    send,
    notifyUrl: () => `${ORIGIN}/psp/notify`,
    newRef,
  });
  return {
    provider: sandboxClient({ secret: SECRET, send, url: () => ORIGIN }),
    /** Whom the provider tells of payments. */
    tell: (hub: Hub) => paymentRoutes(ear, hub, SECRET),
    /** Presses a button on the provider's page. */
    pay: async (payUrl: string, mode: Payer) => {
      const form = new URLSearchParams({ mode });
      const page = await sandbox.app.request(payUrl, { method: 'POST', body: form });
      if (!page.ok) throw new Error(`the payer was not let in: ${page.status}`);
    },
    /** Tells what has not been told yet. */
    deliver: () => sandbox.deliver(),
  };
}
