import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { soon } from '../soon.ts';
import { memoryPair } from '../transport/memory.ts';
import { acceptedTransport } from '../transport/tcp.ts';
import { transportAt } from '../transport/transport-at.ts';
import { idReaderCases } from './port.cases.ts';
import type { IdReaderEvent } from './port.ts';
import { samReader } from './sam-driver.ts';
import { startIdReaderServer } from './simulator/id-reader-server.ts';
import { simulatedIdReader } from './simulator/simulated-id-reader.ts';

const TIMES = { pollMs: 4, reconnectMsMin: 4, reconnectMsMax: 8, hurry: 20 };

const toClose: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

idReaderCases('SAM reader in memory', async () => {
  const simulated = simulatedIdReader('r1');
  const connect = () => {
    const [near, far] = memoryPair();
    simulated.attach(far);
    return near;
  };
  return { reader: samReader({ connect, times: TIMES }), simulated };
});

idReaderCases('SAM reader over TCP', async () => {
  const simulated = simulatedIdReader('r1');
  const server = createServer((socket) => simulated.attach(acceptedTransport(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toClose.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await simulated.close();
    await closed;
  });
  const { port } = server.address() as { port: number };
  return { reader: samReader({ connect: () => transportAt(`tcp://127.0.0.1:${port}`), times: TIMES }), simulated };
});

it('says that a reader is not there, and finds it when it comes', async () => {
  const first = await startIdReaderServer({ id: 'r1', port: 0 });
  await first.close();
  const events: IdReaderEvent[] = [];
  const reader = samReader({ connect: () => transportAt(first.address), times: TIMES });
  reader.onEvent((event) => events.push(event));
  reader.start();
  await soon(() => expect(events).toEqual([{ kind: 'fault', code: 'id-reader.unreachable' }]));
  const second = await startIdReaderServer({ id: 'r1', port: first.port });
  await soon(() => expect(events.at(-1)).toEqual({ kind: 'ready' }));
  await reader.close();
  await second.close();
});

it('never asks for a fingerprint, and never asks twice for the same card', async () => {
  const simulated = simulatedIdReader('r1');
  const asked: string[] = [];
  const connect = () => {
    const [near, far] = memoryPair();
    far.onData((bytes) => asked.push(Buffer.from(bytes).subarray(7, 9).toString('hex')));
    simulated.attach(far);
    return near;
  };
  const reader = samReader({ connect, times: TIMES });
  reader.start();
  simulated.place({ flag: '', name: '张三丰', idNo: '330106199003070014', validUntil: '长期' });
  await soon(() => expect(asked.filter((command) => command === '2001').length).toBeGreaterThan(4));
  await reader.close();
  expect(asked.filter((command) => command === '3001')).toHaveLength(1);
  expect(asked).not.toContain('3010');
});
