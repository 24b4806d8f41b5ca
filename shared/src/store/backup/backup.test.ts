import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wrapSecret } from '../../crypto/wrapped-secret.ts';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import type { Store } from '../store.ts';
import { emit } from '../streams.ts';
import { type SharedTables, sharedTables } from '../tables/shared.ts';
import { copyKeys } from './keys-copy.ts';
import { checkBackup, makeBackup } from './make-backup.ts';
import { noteCopy } from './note-copy.ts';
import { restoreBackup } from './restore-backup.ts';

let folder: string;
let store: Store<SharedTables>;
const open = (path: string) => openSqlite({ path, tables: sharedTables(sqliteKit), migrations: [SHARED_MIGRATIONS] });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-backup-'));
  store = await open(join(folder, 'agent.sqlite'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const TRIP = '330100001-20261121-K101';
const say = (count: number, lane: 'ev' | 'seat' = 'ev') =>
  store.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      if (lane === 'ev')
        await emit(
          tx,
          { peer: 'hub', type: 'trip.suspended', agg: TRIP, fact: { tripId: TRIP, at: n, reason: '' } },
          n,
        );
      else {
        const fact = { transferId: `t${n}`, tripId: TRIP, epoch: 1, seat: '01', legs: 1 };
        await emit(tx, { peer: 'hub', type: 'seat.granted', agg: TRIP, fact }, n);
      }
    }
  });
const backup = (now = 1) => makeBackup(join(folder, 'agent.sqlite'), join(folder, 'copies'), now);
const copyOf = ({ file }: { file: string }) => join(folder, 'copies', file);

describe('a backup', () => {
  it('holds what was committed, while the process writes on, and says how far it holds each stream', async () => {
    await say(30);
    await say(4, 'seat');
    const writing = say(50);
    const made = await backup();
    await writing;
    await say(10);
    const heads = made.streams.map(({ direction, peer, lane, seq }) => [direction, peer, lane, seq]);
    expect(heads).toContainEqual(['out', 'hub', 'seat', 4]);
    const ev = made.streams.find(({ lane }) => lane === 'ev')!;
    expect([30, 80]).toContain(ev.seq);
    expect(await checkBackup(copyOf(made))).toEqual(made);
  });

  it('has no month keys, not even in free pages', async () => {
    const wrapped = wrapSecret(Buffer.alloc(32, 1), 'person/202611', Buffer.alloc(32, 5), Buffer.alloc(16, 6));
    await store.transaction((tx) => tx.db.insert(tx.t.personKeys).values({ keyNo: 202611, wrapped, createdAt: 1 }));
    const made = await backup();
    expect(readFileSync(copyOf(made)).includes(wrapped)).toBe(false);
    expect(new Sqlite(copyOf(made)).prepare('SELECT count(*) FROM person_keys').pluck().get()).toBe(0);
  });

  it('proves nothing when a row of it was changed, a row is missing, or the file is not the one that was checked', async () => {
    await say(20);
    const made = await backup();
    writeFileSync(copyOf(made), 'x', { flag: 'r+' });
    await expect(checkBackup(copyOf(made))).rejects.toMatchObject({ code: 'backup.damaged' });

    const live = new Sqlite(join(folder, 'agent.sqlite'));
    live.exec(`UPDATE outbox SET fact = '{}' WHERE seq = 7`);
    await expect(backup(2)).rejects.toMatchObject({ code: 'backup.damaged', message: /the chain breaks at 7/ });
    live.exec('DELETE FROM outbox WHERE seq = 7');
    await expect(backup(3)).rejects.toMatchObject({ message: /the chain breaks at 8/ });
    live.exec('DELETE FROM outbox WHERE seq > 5');
    await expect(backup(4)).rejects.toMatchObject({ message: /ends before its head 20/ });
    live.close();
    expect(readdirSync(join(folder, 'copies')).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('is taken up at the last verified copy: rows that were pruned before are not missed, and later ones are all checked', async () => {
    await say(20);
    await noteCopy(store, (await backup()).streams);
    const [out] = await store.read.db
      .select()
      .from(store.read.t.streamOut)
      .where(eq(store.read.t.streamOut.lane, 'ev'));
    expect(out).toMatchObject({ copied: 20 });
    await say(10);
    const live = new Sqlite(join(folder, 'agent.sqlite'));
    live.exec('DELETE FROM outbox WHERE seq < 20');
    expect((await backup(2)).streams).toMatchObject([{ seq: 30 }]);
    live.exec(`UPDATE outbox SET agg = 'x' WHERE seq = 25`);
    live.close();
    await expect(backup(3)).rejects.toMatchObject({ message: /the chain breaks at 25/ });
  });

  it('is kept seven times, and a part file of a killed one goes', async () => {
    await backup(1);
    writeFileSync(join(folder, 'copies', 'agent-x.sqlite.part'), '');
    for (let day = 2; day <= 9; day += 1) await backup(day * 86_400_000);
    const names = readdirSync(join(folder, 'copies'));
    expect(names).toHaveLength(14);
    expect(names.filter((name) => name.startsWith('agent-19700102'))).toEqual([]);
  });

  it('and keys never lie in one folder', async () => {
    const to = join(folder, 'copies');
    await backup();
    await expect(copyKeys(join(folder, 'agent.sqlite'), folder, [], to)).rejects.toMatchObject({
      code: 'backup.beside-data',
    });
    await copyKeys(join(folder, 'agent.sqlite'), folder, [], join(folder, 'keys'));
    await expect(makeBackup(join(folder, 'agent.sqlite'), join(folder, 'keys'), 1)).rejects.toMatchObject({
      code: 'backup.beside-keys',
    });
  });
});

describe('a restore', () => {
  it('brings data and keys back, keeps what was there, and leaves the run marker alone', async () => {
    await store.transaction((tx) =>
      tx.db.insert(tx.t.personKeys).values({ keyNo: 202611, wrapped: 'w', createdAt: 1 }),
    );
    writeFileSync(join(folder, 'master.key'), 'm');
    await say(10);
    const made = await backup();
    await copyKeys(join(folder, 'agent.sqlite'), folder, ['master.key', 'not-there'], join(folder, 'keys'));
    expect(readdirSync(join(folder, 'keys')).sort()).toEqual(['master.key', 'person-keys.json']);
    await say(5);
    await store.close();
    await restoreBackup(copyOf(made), join(folder, 'agent.sqlite'), join(folder, 'keys'), 9);
    store = await open(join(folder, 'agent.sqlite'));
    const { db, t } = store.read;
    expect(await db.select().from(t.streamOut)).toMatchObject([{ lane: 'ev', next: 11 }]);
    expect(await db.select().from(t.personKeys)).toMatchObject([{ keyNo: 202611, wrapped: 'w' }]);
    const before = new Sqlite(join(folder, 'agent.sqlite.before-9'), { readonly: true });
    expect(before.prepare('SELECT next FROM stream_out').pluck().get()).toBe(16);
    before.close();
  });

  it('takes no copy that is not what its manifest says', async () => {
    await say(3);
    const made = await backup();
    const other = join(folder, 'copies', 'agent-other.sqlite');
    copyFileSync(copyOf(made), other);
    await store.close();
    await expect(restoreBackup(other, join(folder, 'agent.sqlite'), undefined, 9)).rejects.toMatchObject({
      code: 'backup.damaged',
    });
    store = await open(join(folder, 'agent.sqlite'));
    expect(await store.read.db.select().from(store.read.t.streamOut)).toMatchObject([{ next: 4 }]);
  });
});
