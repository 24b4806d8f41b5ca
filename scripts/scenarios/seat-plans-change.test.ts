import { mergeTrips } from '@lianpiao/agent/dispatch/merge-trips';
import { seatPassenger } from '@lianpiao/agent/dispatch/seat-passenger';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { freshAgent, call as stationCall } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund as quoteAtStation } from '@lianpiao/agent/tickets/quote-refund';
import { refundTicket as refundAtStation } from '@lianpiao/agent/tickets/refund-ticket';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { projections } from '@lianpiao/hub/inventory/projections';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { quoteRefund } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket } from '@lianpiao/hub/orders/refund-ticket';
import { settleDues } from '@lianpiao/hub/orders/settle-dues';
import { acknowledges, anOrder, freshHub, HANGZHOU, call as hubCall, pay, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { freeChildrenMax } from '@lianpiao/shared/domain/fare-type';
import { allLegs, type LegMask, legMask, meets, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import { childPlaces } from '@lianpiao/shared/domain/pseudo-seats';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { claimed, type SeatState } from '@lianpiao/shared/domain/seats';
import { holdsSeat, type TicketState } from '@lianpiao/shared/domain/ticket';
import { planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { activateRules } from '@lianpiao/shared/store/rules';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { Reader, Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectClean } from './expect-clean.ts';
import { Lane } from './lane.ts';

/** Four seats over three legs, and a coach behind it that does not call at the second stop. Everybody wants the same legs. */
const runs = aTrip({ seatCount: 4, stops: ['杭州', '绍兴', '上虞', '宁波'] });
const joins = {
  ...aTrip({ seatCount: 3, tripNo: 'K107', stops: ['杭州', '上虞', '宁波'] }),
  stops: runs.stops.filter((_, stop) => stop !== 1),
};
const TRIPS = [runs, joins];
/** A child for every second seat, so that families meet on coaches of this size. */
const fareTypes = { ...DEFAULT_RULES.fareTypes, freeChildrenNoneUpToSeats: 1, freeChildrenBasisPoints: 5000 };
const RULES = { ...DEFAULT_RULES, version: 'families-1', validFrom: 1, fareTypes };

const trip = fc.nat(1);
const children = fc.nat(1);
const ride = fc.constantFrom([0, 1], [0, 2], [1, 2]);
const plan = fc.uniqueArray(fc.constantFrom('01', '02', '03', '04', '05', '1A', '1B'), { minLength: 1, maxLength: 6 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('give', 'give', 'recall', 'station sells'), trip, ride, children }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('hub orders', 'hub orders', 'hub is paid', 'hub refunds'),
      trip,
      children,
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('carry'), lane: fc.nat(3), again: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('station refunds', 'seats somebody') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('substitute'), trip, plan }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge'), plan: fc.option(plan) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
const anySteps = fc.array(step, { minLength: 20, maxLength: 60 });

async function aWorld() {
  const [agent, hub] = [await freshAgent(HANGZHOU), await freshHub()];
  for (const { store } of [agent, hub]) await store.transaction((tx) => activateRules(tx, RULES));
  await importTrips(agent, TRIPS, NOON);
  const [own, shared] = [agent.store as unknown as Store<SharedTables>, hub.store as unknown as Store<SharedTables>];
  const up = { from: own, peer: 'hub', to: hub.store, facts: projections(hub), sender: HANGZHOU };
  const down = { from: shared, peer: HANGZHOU, to: agent.store, facts: hubFacts(agent), sender: 'hub' };
  const lanes = [
    new Lane({ ...up, lane: 'seat' }),
    new Lane({ ...up, lane: 'ev' }),
    new Lane({ ...down, lane: 'seat' }),
    new Lane({ ...down, lane: 'ev' }),
  ];
  const pages: string[] = [];
  let passengers = 0;

  const ticketsOf = async ({ db, t }: Reader<SharedTables>) => db.select().from(t.tickets);
  const one = async (on: Reader<SharedTables>, home: string) =>
    (await ticketsOf(on)).find((ticket) => ticket.home === home && ticket.state === 'sold');

  const does = async (each: Step): Promise<void> => {
    const tripHere = TRIPS['trip' in each ? each.trip : 0]!;
    const { tripId } = tripHere;
    const family = { first: passengers + 1, children: 'children' in each ? each.children : 0 };
    passengers += 1;
    if (each.do === 'carry') await lanes[each.lane]!.carry(each.again);
    else if (each.do === 'substitute' && 'plan' in each)
      await substituteVehicle(agent, stationCall(), { tripId, seats: each.plan! }, NOON);
    else if (each.do === 'merge' && 'plan' in each)
      await mergeTrips(
        agent,
        stationCall(),
        { tripId: joins.tripId, into: runs.tripId, seats: each.plan ?? undefined },
        NOON,
      );
    else if (each.do === 'hub orders') {
      const order = await anOrder(hub, tripHere, family).catch(() => undefined);
      if (order) pages.push(order.payment.payUrl);
    } else if (each.do === 'hub is paid') {
      const page = pages.pop();
      if (page) await pay(hub, page);
    } else if (each.do === 'hub refunds') {
      const ticket = await one(shared.read, 'hub');
      const quote =
        ticket && (await quoteRefund(hub, { ticketNo: ticket.ticketNo, channel: 'web', overrule: null }, NOON));
      if (quote?.ok) await refundTicket(hub, hubCall(), { ...quote.value, payer: 'original' }, NOON);
    } else if (each.do === 'station refunds') {
      const ticket = await one(own.read, HANGZHOU);
      const { ticketNo = '' } = ticket ?? {};
      const quote = await quoteAtStation(agent, { ticketNo, channel: 'counter', overrule: null }, NOON);
      if (quote.ok) await refundAtStation(agent, stationCall(), { ...quote.value, payer: HANGZHOU }, NOON);
    } else if (each.do === 'seats somebody') {
      const [listed] = await own.read.db.select().from(own.read.t.overflow);
      if (listed) await seatPassenger(agent, stationCall(), { ticketNo: listed.ticketNo }, NOON);
    } else if ('ride' in each) {
      const [from, to] = each.ride as [number, number];
      const body = { tripId, from, to, count: 1 };
      if (each.do === 'give') await giveSeats(agent, stationCall(), { ...body, count: 2 }, NOON);
      else if (each.do === 'recall')
        await recallSeats(hub, hubCall({ ...WEB, id: HANGZHOU, channel: 'counter' }), body, NOON);
      else await aSale(agent, { trip: tripHere, from, to, now: NOON, ...family, print: false }).catch(() => undefined);
    }
  };
  const arriveAll = async () => {
    for (let more = true; more; ) {
      more = false;
      for (const lane of lanes) while (await lane.carry(false)) more = true;
    }
    await acknowledges(hub);
    await settleDues(hub, NOON);
  };
  return { own, shared, agent, hub, does, arriveAll, end: () => Promise.all([agent.end(), hub.end()]) };
}
type World = Awaited<ReturnType<typeof aWorld>>;

const seatsAt = async (on: Store<SharedTables>, tripId: string) =>
  new Map(
    [...(await seatsOfTrip(on.read, tripId)), ...(await placesOfTrip(on.read, tripId))].map((row) => [row.seat, row]),
  );
const ticketsAt = async ({ read }: Store<SharedTables>) => read.db.select().from(read.t.tickets);
type Ticket = Awaited<ReturnType<typeof ticketsAt>>[number];
const seatedIn = (tickets: readonly Ticket[], tripId: string, epoch: number) =>
  tickets.filter((each) => each.tripId === tripId && each.epoch === epoch && holdsSeat(each.state as TicketState));

function expectClaimsInside(states: Iterable<SeatState>): void {
  for (const state of states) expect(union(state.mine, claimed(state))).toBe(state.mine);
}

async function expectAtRest({ own, shared }: World): Promise<void> {
  const [here, there] = [await ticketsAt(own), await ticketsAt(shared)];
  const place = ({ ticketNo, tripId, epoch, seat, legs, fromStop, toStop }: Ticket) =>
    [ticketNo, tripId, epoch, seat, legs, fromStop, toStop].join();
  expect(here.map(place).sort()).toEqual(there.map(place).sort());

  let seated = 0;
  const merged = (await own.read.db.select().from(own.read.t.trips)).filter(({ state }) => state === 'merged');
  for (const { tripId, seats: first, stops } of TRIPS) {
    if (merged.some((trip) => trip.tripId === tripId)) {
      expect([(await seatsAt(own, tripId)).size, (await seatsAt(shared, tripId)).size]).toEqual([0, 0]);
      continue;
    }
    const newest = await planOf(own.read, tripId);
    expect(await planOf(shared.read, tripId)).toEqual(newest);
    const { epoch, seats } = newest ?? { epoch: 1, seats: first };
    const [station, hub] = [await seatsAt(own, tripId), await seatsAt(shared, tripId)];
    const places = childPlaces(freeChildrenMax(seats.length, fareTypes));
    const labels = [...seats, ...places.map(({ seat }) => seat)];
    expect([...station.keys()]).toEqual(labels);
    expectClaimsInside([...station.values(), ...hub.values()]);
    const riders = seatedIn(there, tripId, epoch);
    seated += riders.length;
    for (const seat of labels) {
      const [a, b] = [station.get(seat)!, hub.get(seat)?.mine ?? NO_LEGS];
      expect([meets(a.mine, b), union(a.mine, b)]).toEqual([false, allLegs(stops.length)]);
      let taken: LegMask = NO_LEGS;
      for (const ticket of riders.filter((each) => each.seat === seat)) {
        expect(meets(taken, legMask(ticket.legs))).toBe(false);
        taken = union(taken, legMask(ticket.legs));
      }
      const sold = union(a.sold, hub.get(seat)?.sold ?? NO_LEGS);
      expect(union(sold, taken)).toBe(sold);
    }
  }
  const living = there.filter(({ state }) => holdsSeat(state as TicketState));
  for (const { read } of [own, shared]) {
    const listed = (await read.db.select().from(read.t.overflow)).filter((row) =>
      living.some((each) => each.ticketNo === row.ticketNo && each.tripId === row.tripId && each.epoch === row.epoch),
    );
    expect(seated + listed.length).toBe(living.length);
  }
}

it('each leg of the newest plan has one owner and each passenger or child one seat or a place on the list, whatever was under way when the plans changed', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, async (steps) => {
      const world = await aWorld();
      try {
        for (const each of steps) {
          await world.does(each);
          for (const { tripId } of TRIPS) {
            expectClaimsInside((await seatsAt(world.own, tripId)).values());
            expectClaimsInside((await seatsAt(world.shared, tripId)).values());
          }
        }
        await world.arriveAll();
        await expectAtRest(world);
        await expectClean(world.hub, world.agent);
      } finally {
        await world.end();
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);
