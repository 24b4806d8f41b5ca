import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import type { Store } from '../store.ts';
import { emit } from '../streams.ts';
import { type SharedTables, sharedTables } from '../tables/shared.ts';
import { JournalMirror } from './journal-mirror.ts';
import { readMirror } from './read-mirror.ts';

const TRIP = '330100001-20261121-K101';
let folder: string;
let path: string;
let store: Store<SharedTables>;
let mirror: JournalMirror;
let failures: unknown[];
const open = async () => {
  mirror = new JournalMirror(path, '330100001', (cause) => failures.push(cause));
  const committed = (engine: Parameters<JournalMirror['committed']>[0]) => mirror.committed(engine);
  const tables = sharedTables(sqliteKit);
  store = await openSqlite({ path: join(folder, 'a.sqlite'), tables, migrations: [SHARED_MIGRATIONS], committed });
};
/** The database goes on without its mirror. */
const reopenWithout = async () => {
  const tables = sharedTables(sqliteKit);
  store = await openSqlite({ path: join(folder, 'a.sqlite'), tables, migrations: [SHARED_MIGRATIONS] });
};
const close = async () => {
  mirror.close();
  await store.close();
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-mirror-'));
  path = join(folder, 'mirror.rows');
  failures = [];
  await open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const say = (count: number) =>
  store.transaction(async (tx) => {
    const person = { sealed: Buffer.from('sealed'), hash: 'a'.repeat(64) };
    for (let n = 0; n < count; n += 1)
      await emit(
        tx,
        { peer: 'hub', type: 'trip.suspended', agg: TRIP, fact: { tripId: TRIP, at: n, reason: '晚点' }, person },
        n,
      );
  });
const outbox = async () => {
  const rows = await store.read.db.select().from(store.read.t.outbox);
  return rows.map(({ peer: _, lane: __, wallAt: ___, offsetMs: ____, monoMs: _____, ...row }) => row);
};

it('holds every row that anybody was told of, as it stands in the outbox, also after restarts', async () => {
  await say(3);
  await Promise.all([say(2), say(1)]);
  await close();
  await open();
  await say(4);
  const { streams, tornBytes } = readMirror(path);
  expect(tornBytes).toBe(0);
  expect(streams).toEqual([{ owner: '330100001', peer: 'hub', lane: 'ev', rows: await outbox(), brokenAt: null }]);
});

it('has all rows but those of the torn tail, wherever a power cut ends it, and catches up afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
      fc.nat(400),
      async (groups, torn) => {
        for (const count of groups) await say(count);
        await close();
        truncateSync(path, Math.max(0, readFileSync(path).length - torn));
        const [left] = readMirror(path).streams;
        const all = await (async () => {
          await open();
          return outbox();
        })();
        expect(left?.rows ?? []).toEqual(all.slice(0, left?.rows.length ?? 0));
        expect(left?.brokenAt ?? null).toBeNull();
        await say(1);
        expect(readMirror(path).streams[0]!.rows).toEqual(await outbox());
      },
    ),
    { numRuns: 12 },
  );
});

it('of a database that was restored is set aside whole, and the history that goes on has a mirror of its own', async () => {
  await say(2);
  await close();
  copyFileSync(join(folder, 'a.sqlite'), join(folder, 'backup.sqlite'));
  await open();
  await say(3);
  const lost = await outbox();
  await close();
  const putBack = () => copyFileSync(join(folder, 'backup.sqlite'), join(folder, 'a.sqlite'));
  putBack();
  await open();
  await say(1);
  expect(readMirror(path).streams[0]!.rows).toEqual(await outbox());
  expect(readMirror(`${path}.other-1`).streams[0]!.rows).toEqual(lost);
  await say(5);
  await close();

  // As long as what was lost, and not the same.
  putBack();
  mirror = new JournalMirror(join(folder, 'unused.rows'), '330100001', (cause) => failures.push(cause));
  await reopenWithout();
  await say(7);
  await close();
  await open();
  await say(1);
  expect(readMirror(path).streams[0]!.rows).toEqual(await outbox());
  expect(readMirror(`${path}.other-2`).streams[0]!.rows).toHaveLength(8);
});

it('never stops a sale: a medium that is gone is told, and the state says so', async () => {
  mirror.close();
  mkdirSync(join(folder, 'not-a-file'));
  path = join(folder, 'not-a-file');
  await store.close();
  await open();
  await say(5);
  expect(mirror.state).toBe('failed');
  expect(failures.length).toBeGreaterThan(0);
  expect(await outbox()).toHaveLength(5);
});
