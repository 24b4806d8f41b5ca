import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { ensurePki } from '../stations/private-ca.ts';
import { RevokedCertificates } from '../stations/revoked-certificates.ts';
import { createBroker } from './create-broker.ts';
import type { Note } from './refusal-log.ts';

/**
 * The broker process: `node hub/src/broker/main.ts --data DIR --port N [--host 127.0.0.1] [--name HOST …]`.
 *
 * A process of its own, so that a commit at the hub never delays a keepalive. One JSON line an event on standard output,
 * `broker.listening` with the port first. SIGTERM, SIGINT or the end of its parent stop it. `--name` is a name or address,
 * besides this machine's, under which stations reach it; it may be given several times.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '8883' },
    host: { type: 'string', default: '127.0.0.1' },
    name: { type: 'string', multiple: true, default: [] },
  },
});
makeFilesPrivate();
if (values.data === undefined) throw new Error('--data DIR is missing: the folder that the hub keeps its data in');

const log = (note: Note) => process.stdout.write(`${JSON.stringify({ ...note, at: Date.now() })}\n`);
const folder = join(values.data, 'pki');
const pki = await ensurePki(folder, { hosts: values.name, now: Date.now() });
const revoked = new RevokedCertificates(join(folder, 'revoked.txt'));
const broker = await createBroker({
  host: values.host,
  port: Number(values.port),
  caCertPem: pki.caCertPem,
  identity: pki.broker,
  isRevoked: (serial) => revoked.isRevoked(serial),
  log,
});
log({ event: 'broker.listening', port: broker.port });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await broker.close();
  log({ event: 'broker.stopped' });
  process.exitCode = 0;
  if (process.connected) process.disconnect();
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
process.once('disconnect', () => void stop());
