import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sealingKey } from '../../crypto/sm4.ts';
import { wrapSecret } from '../../crypto/wrapped-secret.ts';
import { aPassenger } from '../../testing/builders.ts';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import { personVault } from '../person-vault.ts';
import { pruneStreams } from '../pruning/prune-streams.ts';
import { StreamArchive } from '../pruning/stream-archive.ts';
import type { Store } from '../store.ts';
import { emit } from '../streams.ts';
import { type SharedTables, sharedTables } from '../tables/shared.ts';
import { copyKeys } from './keys-copy.ts';
import { makeBackup } from './make-backup.ts';
import { noteCopy } from './note-copy.ts';
import { verifyCopy } from './verify-copy.ts';

const TRIP = '330100001-20261121-K101';
const MASTER = Buffer.alloc(32, 1);
const SECRET = Buffer.alloc(32, 5);
const DAY = 86_400_000;
const NOW = 100 * DAY;
let folder: string;
let store: Store<SharedTables>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-month-'));
  const path = join(folder, 'agent.sqlite');
  store = await openSqlite({ path, tables: sharedTables(sqliteKit), migrations: [SHARED_MIGRATIONS] });
  const wrapped = wrapSecret(MASTER, 'person/202611', SECRET, Buffer.alloc(16, 6));
  await store.transaction((tx) => tx.db.insert(tx.t.personKeys).values({ keyNo: 202611, wrapped, createdAt: 1 }));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const database = () => join(folder, 'agent.sqlite');

it('a destroyed month takes its passengers away, the copies of its key and salt included, and leaves every chain whole', async () => {
  const vault = personVault(Buffer.alloc(32, 7));
  vault.load(sealingKey(202611, SECRET));
  // Synthetic passengers.
  await store.transaction(async (tx) => {
    for (let n = 0; n < 20; n += 1) {
      const person = vault.seal(aPassenger(n), '20261121');
      const at = n < 10 ? DAY : NOW - DAY;
      await emit(
        tx,
        { peer: 'hub', type: 'trip.suspended', agg: TRIP, fact: { tripId: TRIP, at: n, reason: '' }, person },
        at,
      );
    }
  });
  const before = await makeBackup(database(), join(folder, 'copies'), 1);
  await copyKeys(database(), folder, [], join(folder, 'keys'));
  const sealed = (await store.read.db.select().from(store.read.t.outbox)).map(({ person }) => person!);
  expect(sealed.every((each) => vault.open(each) !== null)).toBe(true);

  await store.transaction(async (tx) => {
    const { personKeys } = tx.t;
    await tx.db.update(personKeys).set({ wrapped: null, destroyedAt: NOW }).where(eq(personKeys.keyNo, 202611));
  });
  await copyKeys(database(), folder, [], join(folder, 'keys'));
  expect(JSON.parse(readFileSync(join(folder, 'keys', 'person-keys.json'), 'utf8'))).toMatchObject([{ wrapped: null }]);

  // Nothing that is left opens a passenger: neither the rows, nor the copy of the data, nor the copy of the keys.
  const without = personVault(Buffer.alloc(32, 7));
  const copied = new Sqlite(join(folder, 'copies', before.file), { readonly: true });
  const inCopy = copied.prepare('SELECT person FROM outbox').pluck().all() as Buffer[];
  copied.close();
  for (const each of [...sealed, ...inCopy]) expect(without.open(each)).toBeNull();

  // The sealed bytes may go as well: the chain covers digests.
  await store.transaction((tx) => tx.db.update(tx.t.outbox).set({ person: null }));
  const after = await makeBackup(database(), join(folder, 'copies'), 2);
  expect(after.streams).toEqual(before.streams);

  await noteCopy(store, after.streams);
  await store.transaction((tx) => tx.db.update(tx.t.streamOut).set({ acked: 20, safe: 15 }));
  await pruneStreams(store, new StreamArchive(join(folder, 'archive')), NOW);
  expect(await store.read.db.select().from(store.read.t.outbox)).toHaveLength(10);
  const pruned = await makeBackup(database(), join(folder, 'copies'), 3);
  expect(verifyCopy(join(folder, 'copies', pruned.file))).toEqual(before.streams);
});
