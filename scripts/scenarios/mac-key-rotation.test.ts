import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renewMacKey, StationMacRing } from '@lianpiao/agent/sync/mac-keys';
import { macKeyRequests } from '@lianpiao/hub/stations/mac-key-requests';
import { StationMacKeys } from '@lianpiao/hub/stations/station-mac-keys';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { macKeyRow } from '@lianpiao/shared/crypto/mac-keys';
import { createSm2KeyPair } from '@lianpiao/shared/crypto/sm2';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effects, emitFacts, enrol, HANGZHOU, LinkRig, upTo } from './link-rig.ts';

/** Rotation of a station's MAC key, over a real broker, on a clock that the test sets. */
const DAY = 86_400_000;
const MASTER = Buffer.alloc(32, 1);
const FIRST = { keyNo: 1, secret: Buffer.alloc(32, 2) };
const own = createSm2KeyPair();
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
let rig: LinkRig;
let agentFolder: string;
beforeEach(async () => {
  clock.ahead = 0;
  rig = await LinkRig.open();
  agentFolder = await mkdtemp(join(tmpdir(), 'mac-keys-'));
});
afterEach(() => rig.close());

/** A hub on the rig's database, with its keys as they are in its rows. */
async function hub() {
  const store = await openHubStore(join(rig.folder, 'hub.db'));
  await enrol(store, HANGZHOU);
  await store.transaction(async (tx) => {
    const { stations, stationKeys, ticketKeys } = tx.t;
    await tx.db.update(stations).set({ enrolledAt: Date.now() });
    const row = macKeyRow(HANGZHOU, { ...FIRST, activeAt: 0 }, MASTER, Buffer.alloc(16));
    await tx.db
      .insert(stationKeys)
      .values({ station: HANGZHOU, ...row })
      .onConflictDoNothing();
    const certified = { keyNo: 7, owner: HANGZHOU, publicKey: own.publicKey, revoked: 0, certifiedAt: 1 };
    await tx.db.insert(ticketKeys).values(certified).onConflictDoNothing();
  });
  const keys = new StationMacKeys(store, MASTER);
  await keys.loadAll();
  const started = await rig.hub({
    keysOf: keys.of,
    keyUsed: (station, keyNo) => void keys.used(station, keyNo, clock.now()),
    answers: (station) => macKeyRequests(store, keys, station, clock),
    clock,
  });
  const close = async () => {
    await started.close();
    await store.close();
  };
  return { ...started, keys, close };
}

async function station() {
  const ring = new StationMacRing(agentFolder, HANGZHOU, FIRST, MASTER);
  const started = await rig.station(HANGZHOU, {
    keys: ring.keys,
    machine: { now: clock.now, monotonic: clock.now, boot: 'test' },
  });
  await soon(() => expect(started.link.state()).toMatchObject({ online: true }));
  return { ...started, ring, renew: () => renewMacKey({ link: started.link, clock }, ring, own) };
}

it('replaces a key of 30 days over the link, and both keys count for 24 hours, then only the new one', async () => {
  const centre = await hub();
  const agent = await station();
  await agent.renew();
  expect(agent.ring.newest).toBe(1);

  clock.ahead = 31 * DAY;
  await agent.renew();
  expect(agent.ring.newest).toBe(2);
  await emitFacts(agent.store, 'hub', 'ev', 10);
  await soon(async () => expect(await effects(centre.store, 'ev')).toEqual(upTo('r', 10)));
  await soon(() => expect(centre.keys.of(HANGZHOU)!.signing(clock.now())).toMatchObject({ keyNo: 2 }));
  await soon(() => expect(agent.link.state().queued).toBe(0));
  const both = [centre.keys.of(HANGZHOU)!, agent.ring.keys];
  for (const keys of both) expect(keys.checking(1, clock.now()).ok).toBe(true);
  clock.ahead += DAY + 60_000;
  for (const keys of both) {
    expect(keys.checking(1, clock.now())).toEqual({ ok: false, refusal: { code: 'mac-key.expired', keyNo: 1 } });
    expect(keys.checking(2, clock.now()).ok).toBe(true);
  }
});

it('goes on after both were restarted, the agent with the new key from its file, and a hub that has lost the rotation', async () => {
  let centre = await hub();
  let agent = await station();
  clock.ahead = 31 * DAY;
  await agent.renew();
  await agent.close();
  await centre.store.transaction((tx) => tx.db.delete(tx.t.stationKeys));
  await centre.close();
  clock.ahead += 3 * DAY;

  centre = await hub();
  agent = await station();
  expect(agent.ring.newest).toBe(2);
  await emitFacts(agent.store, 'hub', 'ev', 5);
  await soon(async () => expect(await effects(centre.store, 'ev')).toEqual(upTo('r', 5)));
  await soon(async () => {
    const rows = await centre.store.read.db.select().from(centre.store.read.t.stationKeys);
    expect(rows.map(({ keyNo }) => keyNo)).toEqual([1, 2]);
  });
  await centre.close();
});

it('takes no key in the place of one that the hub has not been asked for', async () => {
  await hub();
  const agent = await station();
  clock.ahead = 31 * DAY;
  const answer = { keyNo: 9, sealed: 'AAAA' };
  const link = { ...agent.link, state: () => ({ ...agent.link.state(), online: true }) };
  await renewMacKey(
    { link: { ...link, request: async () => ({ ok: true, value: { key: answer } }) as never }, clock },
    agent.ring,
    own,
  );
  expect(agent.ring.newest).toBe(1);
});
