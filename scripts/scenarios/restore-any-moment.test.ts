import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { stopSelling } from '@lianpiao/agent/selling/sale-stops';
import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { loseContinuity } from '@lianpiao/agent/sync/lost-continuity';
import { type RebuildParts, rebuild } from '@lianpiao/agent/sync/rebuild';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { freshAgent, call as stationCall } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { projections } from '@lianpiao/hub/inventory/projections';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { beginRestore } from '@lianpiao/hub/restore/begin-restore';
import { finishRestores, noteHeads } from '@lianpiao/hub/restore/finish-restore';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { takeBackFrom } from '@lianpiao/hub/restore/take-back-from';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { anOrder, freshHub, HANGZHOU, call as hubCall, pay, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { allLegs, legCount, meets, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { claimed } from '@lianpiao/shared/domain/seats';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { applyFact } from '@lianpiao/shared/link/facts';
import { keepEvents } from '@lianpiao/shared/link/keep-events';
import { sendBack } from '@lianpiao/shared/link/send-back';
import { eventsFrom, positionsOf, receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import { planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** Three seats on three legs, two of them the hub's at first: few enough that everybody wants the same ones. */
const trip = aTrip({ seatCount: 3, stops: ['杭州', '绍兴', '上虞', '宁波'] });
const { tripId } = trip;
const WHOLE = allLegs(4);

const ride = fc.tuple(fc.nat(3), fc.nat(3)).filter(([from, to]) => from < to);
const plan = fc.uniqueArray(fc.constantFrom('01', '02', '03', '1A', '1B'), { minLength: 1, maxLength: 4 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('give', 'recall', 'station sells'), ride }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('up', 'down'), lane: fc.constantFrom(...LANES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hub sells') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('substitute'), plan }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
const anySteps = fc.array(step, { minLength: 5, maxLength: 25 });
const anyCase = fc.record({
  before: anySteps,
  lost: anySteps,
  /** Everything had arrived before the disk was lost; else some of it was under way. */
  arrived: fc.boolean(),
  whose: fc.constantFrom('station', 'hub', 'both'),
  /** Events in an answer of the other side, at most. */
  chunk: fc.integer({ min: 1, max: 4 }),
});

async function aWorld(): Promise<World> {
  const [agent, hub] = [await freshAgent(HANGZHOU), await freshHub()];
  await importTrips(agent, [trip], NOON);
  const world = { agent, hub, passengers: 0 };
  await giveSeats(agent, stationCall(), { tripId, from: 0, to: 3, count: 2 }, NOON);
  await deliverAll(world);
  return world;
}
type World = {
  readonly agent: Awaited<ReturnType<typeof freshAgent>>;
  readonly hub: Awaited<ReturnType<typeof freshHub>>;
  passengers: number;
};
type AnyStore = Store<SharedTables>;
const any = (store: unknown) => store as AnyStore;

/** Brings the next event of a lane across, if there is one. */
async function carry({ agent, hub }: World, way: 'up' | 'down', lane: 'seat' | 'ev'): Promise<boolean> {
  const up = way === 'up';
  const [from, to, peer, sender] = up
    ? [any(agent.store), any(hub.store), 'hub', HANGZHOU]
    : [any(hub.store), any(agent.store), HANGZHOU, 'hub'];
  const facts = (up ? projections(hub) : hubFacts(agent)) as unknown as FactHandlers<SharedTables>;
  const { ack } = await receivedPosition(to.read, sender, lane);
  const [row] = await eventsFrom(from.read, peer, lane, ack + 1, 1);
  if (!row) return false;
  const { person, personHash, ...event } = row;
  const sealed = person && personHash ? { sealed: person.toString('base64url'), hash: personHash } : null;
  const kept = await keepEvents(to, sender, lane, [{ ...event, person: sealed }], facts);
  expect(kept.stopped).toBeUndefined();
  if (lane === 'ev') await to.transaction((tx) => applyFact(tx, facts, { ...row, peer: sender }));
  return true;
}

async function deliverAll(world: World): Promise<void> {
  for (let more = true; more; ) {
    more = false;
    for (const way of ['up', 'down'] as const)
      for (const lane of ['ev', 'seat'] as const) while (await carry(world, way, lane)) more = true;
  }
}

async function does(world: World, each: Step): Promise<void> {
  const { agent, hub } = world;
  if ('lane' in each) await carry(world, each.do as 'up' | 'down', each.lane);
  else if (each.do === 'hub sells') {
    const order = await anOrder(hub, trip, { first: ++world.passengers }).catch(() => undefined);
    if (order) await pay(hub, order.payment.payUrl);
  } else if ('plan' in each) {
    await substituteVehicle(agent, stationCall(), { tripId, seats: each.plan }, NOON);
  } else if ('ride' in each) {
    const [from, to] = each.ride;
    const body = { tripId, from, to, count: 1 };
    if (each.do === 'give') await giveSeats(agent, stationCall(), body, NOON);
    else if (each.do === 'recall')
      await recallSeats(hub, hubCall({ ...WEB, id: HANGZHOU, channel: 'counter' }), body, NOON);
    else {
      const first = ++world.passengers;
      await aSale(agent, { trip, from, to, now: NOON, first, print: false }).catch(() => undefined);
    }
  }
}

/** A side's database as it is at this moment, in a file of its own. */
async function backup(world: World, whose: 'agent' | 'hub'): Promise<string> {
  const { folder, store } = world[whose];
  const path = join(folder, 'backup.sqlite');
  await store.transaction(async () => undefined);
  await any(store).read.engine.prepare(`VACUUM INTO '${path}'`).run([]);
  return path;
}

/** The side is as its backup was. */
async function restore(world: World, whose: 'agent' | 'hub', path: string): Promise<void> {
  const side = world[whose];
  await side.store.close();
  const again = join(side.folder, 'restored.sqlite');
  await rm(again, { force: true });
  await copyFile(path, again);
  if (whose === 'agent') Object.assign(world.agent, { store: await openAgentStore(again) });
  else Object.assign(world.hub, { store: await openHubStore(again) });
}

/** Answers of the other side, not longer than `chunk` events. */
function backFrom(store: AnyStore, peer: string, chunk: number): RebuildParts['ask'] {
  return async (wish) => {
    const all = await sendBack(store.read, peer, wish);
    if (all.events.length <= chunk) return done(all);
    const events = all.events.slice(0, chunk);
    const { t, db } = store.read;
    const rows = await db.select().from(t.inbox);
    const last = rows.find((row) => row.peer === peer && row.lane === wish.lane && row.seq === wish.from + chunk - 1);
    return done({ events, hash: last!.hash });
  };
}

async function rebuildHub({ agent, hub }: World, chunk: number): Promise<void> {
  await hub.store.transaction((tx) => beginRestore(tx, { code: 'hub.told-by-operator', detail: '' }, undefined, NOON));
  const ask = backFrom(any(agent.store), 'hub', chunk);
  const parts = { store: hub.store, station: HANGZHOU, facts: lostFacts(hub) };
  await takeBackFrom({ ...parts, ask: onlyOnce(ask) });
  expect(await takeBackFrom({ ...parts, ask })).toMatchObject({ ok: true });
}

async function rebuildAgent({ agent, hub }: World, chunk: number): Promise<void> {
  await agent.store.transaction((tx) => loseContinuity(tx, { code: 'station.database-older', detail: '' }, NOON));
  const ask = backFrom(any(hub.store), HANGZHOU, chunk);
  const parts = { store: agent.store, facts: rebuildFacts(agent), now: NOON };
  await rebuild({ ...parts, ask: onlyOnce(ask) });
  expect(await rebuild({ ...parts, ask })).toMatchObject({ ok: true });
  await agent.store.transaction((tx) =>
    stopSelling(tx, { cause: 'continuity', code: 'station.recovering', detail: '', since: NOON }),
  );
}

/** Gets one answer, and then the line is gone. */
function onlyOnce(ask: ReturnType<typeof backFrom>): ReturnType<typeof backFrom> {
  let asked = 0;
  return async (wish) => {
    asked += 1;
    return asked === 1 ? ask(wish) : refuse({ code: 'link.offline' });
  };
}

async function expectOneOwnerEach({ agent, hub }: World): Promise<void> {
  const of = async (store: AnyStore) =>
    new Map((await seatsOfTrip(store.read, tripId)).map((seat) => [seat.seat, seat]));
  const [station, central] = [await of(any(agent.store)), await of(any(hub.store))];
  const inForce = await planOf(agent.store.read, tripId);
  expect(await planOf(hub.store.read, tripId)).toEqual(inForce);
  expect([...station.keys()]).toEqual(inForce?.seats ?? trip.seats);
  for (const seat of inForce?.seats ?? trip.seats) {
    const [a, b] = [station.get(seat)!, central.get(seat)];
    expect(a.owed + (b?.owed ?? 0)).toBe(0);
    expect(b !== undefined && meets(a.mine, b.mine)).toBe(false);
    expect(union(a.mine, b?.mine ?? NO_LEGS)).toBe(WHOLE);
    for (const state of b ? [a, b] : [a]) {
      expect(legCount(union(claimed(state), state.mine))).toBe(legCount(state.mine));
    }
  }
}

/** Tickets that two sides know: none on a leg of another one that lives. */
async function expectNoSeatTwice({ agent, hub }: World): Promise<void> {
  for (const store of [any(agent.store), any(hub.store)]) {
    const { db, t } = store.read;
    const live = (await db.select().from(t.tickets)).filter(({ state }) => state === 'sold');
    for (const [index, one] of live.entries())
      for (const other of live.slice(index + 1))
        expect(
          one.epoch === other.epoch && one.seat === other.seat && meets(one.legs as never, other.legs as never),
        ).toBe(false);
    expect(new Set(live.map(({ ticketNo }) => ticketNo)).size).toBe(live.length);
  }
}

it('row 27: whatever was under way when a side or both were restored, and whichever seat plans came, each leg ends with exactly one owner', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ before, lost, arrived, whose, chunk }) => {
      const world = await aWorld();
      try {
        for (const each of before) await does(world, each);
        const sides = whose === 'both' ? (['agent', 'hub'] as const) : ([whose === 'hub' ? 'hub' : 'agent'] as const);
        const copies = [];
        for (const side of sides) copies.push({ side, path: await backup(world, side) });
        for (const each of lost) await does(world, each);
        if (arrived) await deliverAll(world);
        for (const { side, path } of copies) await restore(world, side, path);

        // What one side sends back the other has, so both are asked: first by the hub.
        if (whose !== 'station') await rebuildHub(world, chunk);
        if (whose !== 'hub') await rebuildAgent(world, chunk);
        await deliverAll(world);
        const theirs = await positionsOf(world.agent.store.read, 'hub');
        await world.hub.store.transaction((tx) => noteHeads(tx, HANGZHOU, theirs));
        await finishRestores(world.hub.store, NOON);
        await expectOneOwnerEach(world);
        await expectNoSeatTwice(world);
      } finally {
        await Promise.all([world.agent.end(), world.hub.end()]);
      }
    }),
    { numRuns: 15 },
  );
}, 60_000);
