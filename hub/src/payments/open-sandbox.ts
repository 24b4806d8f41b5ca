import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '@lianpiao/shared/clock';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import { startJob } from '@lianpiao/shared/job-loop';
import type { Log } from '@lianpiao/shared/log';
import type { Hono } from 'hono';
import type { PaymentProvider } from './payment-provider.ts';
import { sandboxClient } from './sandbox-client.ts';
import { SandboxProvider } from './sandbox-provider.ts';

/** Where the provider tells payments: a path of the hub. */
const NOTIFY_PATH = '/psp/notify';
const DELIVER_MS = 500;

/** The sandbox provider of this machine, as the hub sees it. */
export type Sandbox = {
  readonly provider: PaymentProvider;
  /** The provider's own pages and interface. */
  readonly pages: Hono;
  /** Key that the provider signs its notices with. */
  readonly secret: Uint8Array;
  /** Tells where both listen, before the first payment. */
  servedAt(address: string): void;
  close(): Promise<void>;
};

/** Opens the sandbox provider beside the hub. Its payments are kept in the hub's folder and survive a restart of either. */
export async function openSandbox({
  folder,
  clock,
  log,
}: {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Sandbox> {
  const secret = await openSecretFile(join(folder, 'sandbox-provider.key'));
  let origin = 'http://127.0.0.1';
  const notifyUrl = () => new URL(NOTIFY_PATH, origin).href;
  const journal = join(folder, 'sandbox-payments.jsonl');
  const sandbox = new SandboxProvider({ secret, notifyUrl, clock, newRef: randomUUID, journal });
  const job = startJob('sandbox', DELIVER_MS, () => sandbox.deliver(), log);
  return {
    provider: sandboxClient({ url: () => origin, secret }),
    pages: sandbox.app,
    secret,
    servedAt: (address) => {
      origin = address;
    },
    close: () => job.stop(),
  };
}
