import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import type { Store } from '@lianpiao/shared/store/store';
import { emit } from '@lianpiao/shared/store/streams';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effects, emitFacts, HANGZHOU, LinkRig, upTo } from '../scenarios/link-rig.ts';

const soon = (check: () => unknown, timeout = 30_000) => vi.waitFor(check, { timeout, interval: 20 });
const inOrder = (reasons: readonly string[]) => reasons.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
const tripId = `${HANGZHOU}-20251121-K101`;

/** The hub's last word of a trip, which is a type of lane `seat` that minor 2 brought. */
const finalList = (store: Store<SharedTables>) =>
  store.transaction((tx) =>
    emit(
      tx,
      {
        peer: HANGZHOU,
        type: 'trip.final',
        agg: tripId,
        fact: { tripId, boardingStop: 0, tickets: 0, digest: '0'.repeat(64), at: 1 },
      },
      Date.now(),
    ),
  );

describe('the failure matrix, between two versions', () => {
  let rig: LinkRig;
  beforeEach(async () => {
    rig = await LinkRig.open();
  });
  afterEach(() => rig.close());
  const confirmed = async (store: Store<SharedTables>, peer: string) => {
    const { seat, ev } = await positionsOf(store.read, peer);
    return { seat: seat.out.acked, ev: ev.out.acked };
  };

  it('row 25: old agent with new hub: minor 1 is agreed upon, no seat type above it is sent, what is unknown on ev parks until the upgrade', async () => {
    const { hub, store } = await rig.hub();
    const old = await rig.oldProcess('station');
    await soon(async () => expect(await effects(store, 'seat')).toEqual(upTo('t', 3)));
    expect(await speaks(store.read, HANGZHOU, 'trip.final')).toBe(false);
    expect(await speaks(store.read, HANGZHOU, 'seat.granted')).toBe(true);
    await expect(finalList(store)).rejects.toThrow('only to a peer that knows it');
    await emitFacts(store, HANGZHOU, 'ev', 10);
    await emitFacts(store, HANGZHOU, 'seat', 4);
    await soon(async () => expect(await confirmed(store, HANGZHOU)).toEqual({ seat: 4, ev: 10 }));
    expect(hub.freshness()).toMatchObject([{ online: true, stopped: null }]);
    old.child.kill('SIGKILL');
    await old.exited;

    const upgraded = await rig.station(HANGZHOU);
    expect(await effects(upgraded.store, 'seat')).toEqual(upTo('t', 4));
    expect(await effects(upgraded.store, 'ev')).toEqual([]);
    const parked = await upgraded.link.parked();
    expect(parked.map(({ reason }) => reason)).toEqual(Array(7).fill(expect.stringMatching(/^fact\.unknown-type/)));
    for (const { agg } of parked) await upgraded.link.replay(agg);
    await soon(async () => expect(inOrder(await effects(upgraded.store, 'ev'))).toEqual(upTo('r', 10)));
    await soon(async () => expect(await speaks(store.read, HANGZHOU, 'trip.final')).toBe(true));
    expect(await finalList(store)).toBe(5);
  });

  it('row 25: new agent with old hub: minor 1 is agreed upon, what the hub does not know on ev parks and is replayed after its upgrade', async () => {
    const old = await rig.oldProcess('hub');
    const station = await rig.station(HANGZHOU);
    await emitFacts(station.store, 'hub', 'ev', 10);
    await emitFacts(station.store, 'hub', 'seat', 4);
    await soon(() => expect(station.link.state()).toMatchObject({ online: true, queued: 0, stopped: null }));
    expect(await speaks(station.store.read, 'hub', 'trip.final')).toBe(false);
    old.child.kill('SIGKILL');
    await old.exited;

    const { hub, store } = await rig.hub();
    expect(await effects(store, 'seat')).toEqual(upTo('t', 4));
    expect(await effects(store, 'ev')).toEqual([]);
    const parked = await hub.parked();
    expect(parked).toHaveLength(7);
    for (const { agg } of parked) await hub.replay(HANGZHOU, agg);
    await hub.projected();
    expect(inOrder(await effects(store, 'ev'))).toEqual(upTo('r', 10));
    await soon(async () => expect(await speaks(station.store.read, 'hub', 'trip.final')).toBe(true));
  });
});
