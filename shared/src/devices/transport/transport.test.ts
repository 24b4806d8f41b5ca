import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { needs } from '../../testing/needs.ts';
import { soon } from '../soon.ts';
import { memoryPair } from './memory.ts';
import { serialPair } from './pseudo-terminals.ts';
import { acceptedTransport } from './tcp.ts';
import type { Transport } from './transport.ts';
import { transportAt } from './transport-at.ts';

type Ends = { readonly near: Transport; readonly far: Transport };

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function memoryEnds(): Promise<Ends> {
  const [near, far] = memoryPair();
  return { near, far };
}

async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onSocket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toClose.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as { port: number }).port;
}

async function tcpEnds(): Promise<Ends> {
  const accepted = Promise.withResolvers<Transport>();
  const port = await listening((socket) => accepted.resolve(acceptedTransport(socket)));
  const near = transportAt(`tcp://127.0.0.1:${port}`);
  await near.open();
  toClose.push(() => near.close());
  return { near, far: await accepted.promise };
}

async function serialEnds(): Promise<Ends & { unplug(): void }> {
  const pair = await serialPair();
  toClose.push(pair.close);
  const near = transportAt(pair.near);
  const far = transportAt(pair.far);
  await Promise.all([near.open(), far.open()]);
  toClose.push(() => Promise.all([near.close(), far.close()]));
  return { near, far, unplug: pair.unplug };
}

function received(transport: Transport): () => string {
  const chunks: Uint8Array[] = [];
  transport.onData((bytes) => chunks.push(Uint8Array.from(bytes)));
  return () => Buffer.concat(chunks).toString('hex');
}

const socat = needs('socat');
const kinds: [string, () => Promise<Ends>][] = [
  ['memory', memoryEnds],
  ['tcp', tcpEnds],
];
if (socat.have) kinds.push(['serial', serialEnds]);

describe.each(kinds)('a %s transport', (_kind, ends) => {
  it('carries every byte value both ways, in order', async () => {
    const { near, far } = await ends();
    const every = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
    const atFar = received(far);
    const atNear = received(near);
    await near.write(every);
    await far.write(every.toReversed());
    const hex = Buffer.from(every).toString('hex');
    await soon(() => expect(atFar()).toBe(hex));
    await soon(() => expect(atNear()).toBe(Buffer.from(every.toReversed()).toString('hex')));
  });

  it('says once that it closed, and refuses to write afterwards', async () => {
    const { near } = await ends();
    const closed = vi.fn();
    near.onClose(closed);
    await near.close();
    await near.close();
    await soon(() => expect(closed).toHaveBeenCalledOnce());
    expect(closed).toHaveBeenCalledWith(null);
    await expect(near.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'transport.closed' });
  });
});

it.runIf(socat.have)('tells a pulled serial cable as a close with a cause', async () => {
  const { near, unplug } = await serialEnds();
  const causes: (Error | null)[] = [];
  near.onClose((cause) => causes.push(cause));
  unplug();
  await soon(() => expect(causes).toHaveLength(1));
  expect(causes[0]).toBeInstanceOf(Error);
});

it('delivers all that was written before the hang-up', async () => {
  const { near, far } = await tcpEnds();
  const atFar = received(far);
  await near.write(new Uint8Array(200_000).fill(7));
  await near.close();
  await soon(() => expect(atFar()).toHaveLength(400_000));
});

it('reports a device that is not there as unreachable, with a hint for the counter', async () => {
  const port = await listening((socket) => socket.destroy());
  await toClose.pop()?.();
  await expect(transportAt(`tcp://127.0.0.1:${port}`).open()).rejects.toMatchObject({
    code: 'transport.unreachable',
    detail: { retryable: true, hint: expect.stringContaining('电源') },
  });
  await expect(transportAt('serial:///dev/no-such-line').open()).rejects.toMatchObject({
    code: 'transport.unreachable',
  });
});

it.each([
  '10.0.3.7:9100',
  'http://10.0.3.7',
  'tcp://10.0.3.7/printer',
  'serial://dev/ttyUSB0',
  'serial:///dev/ttyUSB0?baud=1234',
  'serial:///dev/ttyUSB0?bauds=9600',
  'serial:///dev/ttyUSB0?parity=mark',
])('refuses the address %s instead of guessing', (address) => {
  expect(() => transportAt(address)).toThrow(/transport\.bad-address/);
});
