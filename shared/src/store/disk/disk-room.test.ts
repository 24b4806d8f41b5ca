import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import type { Store } from '../store.ts';
import { emit } from '../streams.ts';
import { type SharedTables, sharedTables } from '../tables/shared.ts';
import { DiskRoom } from './disk-room.ts';
import { QueueWeight } from './queue-weight.ts';

let folder: string;
let store: Store<SharedTables>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-disk-'));
  store = await openSqlite({
    path: join(folder, 'a.sqlite'),
    tables: sharedTables(sqliteKit),
    migrations: [SHARED_MIGRATIONS],
  });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const TRIP = '330100001-20261121-K101';
const say = (count: number, peer = 'hub') =>
  store.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const fact = { tripId: TRIP, at: 1, reason: '晚点'.repeat(1 + (n % 7)) };
      await emit(tx, { peer, type: 'trip.suspended', agg: TRIP, fact }, 1);
    }
  });
const confirm = (acked: number, peer = 'hub') =>
  store.transaction(async (tx) => {
    const { streamOut } = tx.t;
    await tx.db
      .update(streamOut)
      .set({ acked: sql`min(${acked}, ${streamOut.next} - 1)` })
      .where(sql`${streamOut.peer} = ${peer}`);
  });
/** The same question, asked of every row. */
async function weighedAll(): Promise<number> {
  const { db, t } = store.read;
  const acked = new Map((await db.select().from(t.streamOut)).map((row) => [row.peer, row.acked]));
  const rows = await db.select().from(t.outbox);
  return rows
    .filter(({ peer, seq }) => seq > acked.get(peer)!)
    .reduce((sum, { fact, person }) => sum + Buffer.byteLength(fact) + (person?.length ?? 0) + 300, 0);
}

it('knows the weight of what is not acknowledged, however acknowledgements and sales take turns and where a peer goes back', async () => {
  const step = fc.record({ peer: fc.constantFrom('hub', 'other'), emits: fc.nat(30), acked: fc.nat(60) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      await store.transaction(async (tx) => {
        await tx.db.delete(tx.t.outbox);
        await tx.db.delete(tx.t.streamOut);
      });
      const weight = new QueueWeight();
      for (const { peer, emits, acked } of steps) {
        await say(emits, peer);
        await confirm(acked, peer);
        expect(await weight.look(store.read)).toBe(await weighedAll());
      }
      expect(await new QueueWeight().look(store.read)).toBe(await weighedAll());
    }),
    { numRuns: 15 },
  );
});

it('says that the queue is full, and that there is room again when it was acknowledged', async () => {
  const room = new DiskRoom({ quotaBytes: 20_000, reserveBytes: 1 });
  await say(30);
  expect(await room.look(store, folder, 0)).toMatchObject({ short: null, filling: false });
  await say(20);
  expect(await room.look(store, folder, 1000)).toMatchObject({ short: null, filling: true });
  await say(20);
  expect((await room.look(store, folder, 2000)).short).toBe('disk.queue-full');
  await confirm(60);
  expect(await room.look(store, folder, 3000)).toMatchObject({ short: null, filling: false });
});

it('says that the volume is short of what has to stay free', async () => {
  const room = new DiskRoom({ quotaBytes: 20_000, reserveBytes: Number.MAX_SAFE_INTEGER });
  expect((await room.look(store, folder, 0)).short).toBe('disk.space-short');
});

it('says that the database takes nothing, and that it does again', async () => {
  const room = new DiskRoom({ quotaBytes: 20_000, reserveBytes: 1 });
  const deaf = { ...store, transaction: () => Promise.reject(new Error('disk I/O error')) };
  expect((await room.look(deaf, folder, 0)).short).toBe('store.not-writable');
  expect((await room.look(store, folder, 1000)).short).toBeNull();
});
