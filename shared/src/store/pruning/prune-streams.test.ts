import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteKit } from '../column-kit.ts';
import { brokenAt } from '../journal-file/journal-rows.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import type { Store } from '../store.ts';
import { emit } from '../streams.ts';
import { type SharedTables, sharedTables } from '../tables/shared.ts';
import { pruneStreams } from './prune-streams.ts';
import { StreamArchive } from './stream-archive.ts';

const DAY = 86_400_000;
const NOW = 1_763_700_000_000;
const TRIP = '330100001-20261121-K101';
const EV = { peer: 'hub', lane: 'ev' as const };
let folder: string;
let store: Store<SharedTables>;
let archive: StreamArchive;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-prune-'));
  const path = join(folder, 'a.sqlite');
  store = await openSqlite({ path, tables: sharedTables(sqliteKit), migrations: [SHARED_MIGRATIONS] });
  archive = new StreamArchive(join(folder, 'archive'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One fact for each age in days, oldest first. */
const say = (ages: readonly number[]) =>
  store.transaction(async (tx) => {
    for (const age of ages) {
      const fact = { tripId: TRIP, at: 1, reason: '' };
      const person = { sealed: Buffer.from('sealed'), hash: 'a'.repeat(64) };
      await emit(tx, { peer: 'hub', type: 'trip.suspended', agg: TRIP, fact, person }, NOW - age * DAY);
    }
  });
const told = (acked: number, safe: number) =>
  store.transaction((tx) => tx.db.update(tx.t.streamOut).set({ acked, safe }));
const kept = async () =>
  (await store.read.db.select({ seq: store.read.t.outbox.seq }).from(store.read.t.outbox)).map((row) => row.seq);
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('pruning of what was sent', () => {
  it('takes rows away that the receiver has in a verified copy and that are 31 days old, and no others', async () => {
    await say([...Array(30).fill(40), ...Array(30).fill(30)]);
    await told(60, 20);
    expect(await pruneStreams(store, archive, NOW)).toBe(false);
    expect(await kept()).toEqual(from(31, 30));
    expect(archive.from(EV, 20, 100).map(({ seq }) => seq)).toEqual(from(20, 11));
    expect(archive.from(EV, 19, 100)).toEqual([]);
    expect(brokenAt(archive.from(EV, 20, 100))).toBeUndefined();
  });

  it('keeps what was not acknowledged however old it is, and the row before it', async () => {
    await say(Array(10).fill(90));
    await told(6, 6);
    await pruneStreams(store, archive, NOW);
    expect(await kept()).toEqual(from(6, 5));
  });

  it('takes archived rows away once the receiver has a verified copy of them', async () => {
    await say(Array(10).fill(90));
    await told(10, 0);
    expect(await pruneStreams(store, archive, NOW)).toBe(false);
    expect(readdirSync(join(folder, 'archive'))).toHaveLength(1);
    await told(10, 10);
    expect(await pruneStreams(store, archive, NOW)).toBe(true);
    expect(await kept()).toEqual([10]);
  });

  it('leaves everything that a peer may ask for again, whatever it acknowledged, proved and was killed at', async () => {
    const ages = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });
    const word = fc.record({ acked: fc.nat(40), safe: fc.nat(40), killed: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(ages, fc.array(word, { maxLength: 5 }), async (unsorted, words) => {
        await store.transaction(async (tx) => {
          await tx.db.delete(tx.t.outbox);
          await tx.db.delete(tx.t.streamOut);
        });
        rmSync(join(folder, 'archive'), { recursive: true, force: true });
        const sorted = unsorted.toSorted((a, b) => b - a);
        await say(sorted);
        let [acked, safe] = [0, 0];
        for (const next of words) {
          acked = Math.min(sorted.length, Math.max(acked, next.acked));
          safe = Math.min(acked, Math.max(safe, next.safe));
          await told(acked, safe);
          // Killed between the archive and the transaction: the rows are in both.
          const dying = { ...store, transaction: () => Promise.reject(new Error('killed')) };
          if (next.killed) await pruneStreams(dying, archive, NOW).catch(() => undefined);
          else await pruneStreams(store, archive, NOW);
        }
        const inOutbox = await kept();
        const inArchive = archive.from(EV, Math.max(1, safe), 100).map(({ seq }) => seq);
        const all = new Set([...inOutbox, ...inArchive]);
        for (let seq = Math.max(1, safe); seq <= sorted.length; seq += 1) expect(all).toContain(seq);
        for (const [index, age] of sorted.entries()) if (age < 31) expect(inOutbox).toContain(index + 1);
      }),
      { numRuns: 40 },
    );
  });
});

describe('pruning of what came in', () => {
  const arrive = (seqs: readonly number[], age: number, state = 'done') =>
    store.transaction(async (tx) => {
      for (const seq of seqs) {
        const row = {
          ...EV,
          seq,
          type: 'trip.suspended',
          tv: 1,
          at: NOW - age * DAY,
          agg: TRIP,
          fact: '{}',
          hash: 'h',
          state,
        };
        await tx.db.insert(tx.t.inbox).values(row);
      }
    });
  const received = async () =>
    (await store.read.db.select({ seq: store.read.t.inbox.seq }).from(store.read.t.inbox)).map((row) => row.seq);

  it('takes rows away that their sender has in a verified copy, that are applied and 31 days old, and no others', async () => {
    await arrive(from(1, 10), 40);
    await arrive([11], 40, 'parked');
    await arrive(from(12, 5), 40);
    await arrive(from(17, 4), 20);
    const at = (copied: number) =>
      store.transaction(async (tx) => {
        await tx.db.delete(tx.t.streamIn);
        await tx.db.insert(tx.t.streamIn).values({ ...EV, ack: 20, hash: 'h', copied });
      });
    await at(0);
    await pruneStreams(store, archive, NOW);
    expect(await received()).toHaveLength(20);
    await at(8);
    await pruneStreams(store, archive, NOW);
    expect(await received()).toEqual(from(8, 13));
    await at(20);
    await pruneStreams(store, archive, NOW);
    expect(await received()).toEqual(from(11, 10));
  });
});
