import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { publishSets } from '@lianpiao/hub/reference/publish-sets';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig } from './link-rig.ts';

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const key = (keyNo: number, revoked = 0) => ({
  keyNo,
  owner: 'hub',
  publicKey: `04${String(keyNo).repeat(128)}`,
  revoked,
  certifiedAt: 1,
});

it('ticket keys and their revocation reach a station by heartbeat, by hint, and again after its copy was spoilt', async () => {
  const hub = await rig.hub();
  await hub.store.transaction((tx) => tx.db.insert(tx.t.ticketKeys).values(key(1)));
  await publishSets(hub.store, Date.now());
  const facts = () => hubFacts({} as never);
  const first = await rig.station(HANGZHOU, { facts });
  const keysAt = async ({ store }: typeof first) =>
    (await store.read.db.select().from(store.read.t.ticketKeys)).map(({ keyNo, revoked }) => [keyNo, revoked]);
  await soon(async () => expect(await keysAt(first)).toEqual([[1, 0]]));

  await hub.store.transaction(async (tx) => {
    await tx.db.update(tx.t.ticketKeys).set({ revoked: 1 });
    await tx.db.insert(tx.t.ticketKeys).values(key(2));
  });
  for (const { set, version } of await publishSets(hub.store, Date.now())) hub.hub.hint(set, version);
  await soon(async () =>
    expect(await keysAt(first)).toEqual([
      [1, 1],
      [2, 0],
    ]),
  );

  await first.store.transaction(async (tx) => {
    await tx.db.delete(tx.t.ticketKeys);
    await tx.db.delete(tx.t.refRows);
    await tx.db.update(tx.t.refSets).set({ comparedAt: 0 });
  });
  await first.close();
  const second = await rig.station(HANGZHOU, { facts });
  await soon(async () =>
    expect(await keysAt(second)).toEqual([
      [1, 1],
      [2, 0],
    ]),
  );
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.alarms)).toMatchObject([{ code: 'ref.differs', subject: HANGZHOU }]);
});
