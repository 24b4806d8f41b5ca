import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { closeBoarding } from '@lianpiao/agent/boarding/close-boarding';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { freshAgent, call as stationCall } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { cutOffStops } from '@lianpiao/hub/cut-off/cut-off-stops';
import { returnIdleSeats } from '@lianpiao/hub/cut-off/return-idle-seats';
import { projections } from '@lianpiao/hub/inventory/projections';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { anOrder, freshHub, HANGZHOU, call as hubCall, pay, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { allLegs, type LegMask, legCount, meets, union } from '@lianpiao/shared/domain/legs';
import { claimed, type SeatState } from '@lianpiao/shared/domain/seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { hubListOf } from '@lianpiao/shared/store/tickets/hub-list';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lane } from './carried-lane.ts';

const MINUTE = 60_000;
/** Three seats and four stops an hour apart, from 18:00. Few enough that everybody wants the same legs. */
const trip = aTrip({ seatCount: 3, stops: ['杭州', '绍兴', '上虞', '宁波'] });
const { tripId } = trip;
const STOPS = 4;

const ride = fc.tuple(fc.nat(STOPS - 1), fc.nat(STOPS - 1)).filter(([from, to]) => from < to);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('give', 'recall', 'station sells', 'hub holds'), ride }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('carry'), lane: fc.nat(3), again: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('hub sells', 'idle', 'gate') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time'), minutes: fc.constantFrom(1, 10, 30, 130) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** `supplied`: the hub knows the trip and has two seats before anything happens; else its first word may be a grant. */
const anySteps = fc.record({
  supplied: fc.boolean(),
  steps: fc.array(step, { minLength: 15, maxLength: 40 }),
});

async function aWorld(supplied: boolean) {
  const [agent, hub] = [await freshAgent(HANGZHOU), await freshHub()];
  await importTrips(agent, [trip], NOON);
  const [own, shared] = [agent.store as unknown as Store<SharedTables>, hub.store as unknown as Store<SharedTables>];
  const up = { from: own, peer: 'hub', to: hub.store, facts: projections(hub), sender: HANGZHOU };
  const down = { from: shared, peer: HANGZHOU, to: agent.store, facts: hubFacts(agent), sender: 'hub' };
  const lanes = [
    new Lane({ ...up, lane: 'seat' }),
    new Lane({ ...up, lane: 'ev' }),
    new Lane({ ...down, lane: 'seat' }),
    new Lane({ ...down, lane: 'ev' }),
  ];
  let passengers = 0;
  let now = NOON + 3 * 60 * MINUTE;

  const does = async (each: Step): Promise<void> => {
    hub.clock.at = now;
    if (each.do === 'carry') await lanes[each.lane]!.carry(each.again);
    else if (each.do === 'time') now += each.minutes * MINUTE;
    else if (each.do === 'idle') await returnIdleSeats(hub, now);
    else if (each.do === 'gate') {
      const [waiting] = (await agent.store.read.db.select().from(agent.store.read.t.tickets)).filter(
        ({ state }) => state === 'sold',
      );
      if (waiting) await boardTicket(agent, stationCall(), { tripId, ticketNo: waiting.ticketNo, late: true }, now);
    } else if (each.do === 'hub sells') {
      const order = await anOrder(hub, trip, { first: ++passengers }).catch(() => undefined);
      if (order) await pay(hub, order.payment.payUrl);
    } else if ('ride' in each) {
      const [from, to] = each.ride;
      const body = { tripId, from, to, count: 1 };
      if (each.do === 'give') await giveSeats(agent, stationCall(), body, now);
      else if (each.do === 'recall')
        await recallSeats(hub, hubCall({ ...WEB, id: HANGZHOU, channel: 'counter' }), body, now);
      else if (each.do === 'hub holds') await holdSeats(hub, hubCall(), body, now);
      else await aSale(agent, { trip, from, to, now, first: ++passengers, print: false }).catch(() => undefined);
    }
    // The loops of both sides, as their clocks call them.
    await expireOrders(hub, now);
    await cutOffStops(hub, now);
    await closeBoarding(agent, now);
  };
  const deliverAll = async () => {
    for (let more = true; more; ) {
      more = false;
      for (const lane of lanes) while (await lane.carry(false)) more = true;
    }
  };
  if (supplied) {
    await giveSeats(agent, stationCall(), { tripId, from: 0, to: STOPS - 1, count: 2 }, now);
    await deliverAll();
  }
  return {
    agent,
    hub,
    does,
    deliverAll,
    later: (minutes: number) => {
      now += minutes * MINUTE;
    },
    end: () => Promise.all([agent.end(), hub.end()]),
  };
}

type World = Awaited<ReturnType<typeof aWorld>>;

async function seatsBoth({ agent, hub }: World): Promise<[Map<string, SeatState>, Map<string, SeatState>]> {
  const of = async (store: Store<SharedTables>) =>
    new Map((await seatsOfTrip(store.read, tripId)).map((seat) => [seat.seat, seat]));
  return [
    await of(agent.store as unknown as Store<SharedTables>),
    await of(hub.store as unknown as Store<SharedTables>),
  ];
}

async function expectOneOwner(world: World): Promise<void> {
  const [station, hub] = await seatsBoth(world);
  for (const seat of trip.seats) {
    const [a, b] = [station.get(seat)!, hub.get(seat)];
    expect(b !== undefined && meets(a.mine, b.mine)).toBe(false);
    expect(a.owed + (b?.owed ?? 0)).toBe(0);
    for (const state of b ? [a, b] : [a]) expect(union(state.mine, claimed(state))).toBe(state.mine);
  }
}

it('each leg has one owner at most, whatever is given, recalled, sold, cut off, repeated and overtaken by another lane', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async ({ supplied, steps }) => {
      const world = await aWorld(supplied);
      try {
        for (const each of steps) {
          await world.does(each);
          await expectOneOwner(world);
        }
      } finally {
        await world.end();
      }
    }),
    { numRuns: 8 },
  );
});

it('when the coach has left its last stop and all facts have come, every leg is the station’s but for what the hub sold', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async ({ supplied, steps }) => {
      const world = await aWorld(supplied);
      try {
        for (const each of steps) await world.does(each);
        await world.deliverAll();
        world.later(10 * 60);
        await world.does({ do: 'idle' });
        await world.deliverAll();

        const [station, hub] = await seatsBoth(world);
        let sold = 0;
        for (const seat of trip.seats) {
          const mine: LegMask = hub.get(seat)?.mine ?? (0 as LegMask);
          expect(union(station.get(seat)!.mine, mine)).toBe(allLegs(STOPS));
          expect(mine).toBe(hub.get(seat)?.sold ?? 0);
          sold += legCount(mine);
        }
        const [ours, theirs] = [world.agent.store.read, world.hub.store.read];
        const lists = await Promise.all([0, 1, 2].map((stop) => hubListOf(theirs, tripId, stop)));
        expect(lists.reduce((sum, { tickets }) => sum + tickets * (STOPS - 1), 0)).toBe(sold);
        expect(await Promise.all([0, 1, 2].map((stop) => hubListOf(ours, tripId, stop)))).toEqual(lists);
        const finals = (await finalsOf(ours, tripId)).filter(({ stop }) => stop < STOPS - 1);
        expect(finals.map(({ differs }) => differs)).toEqual([0, 0, 0]);
      } finally {
        await world.end();
      }
    }),
    { numRuns: 8 },
  );
});
