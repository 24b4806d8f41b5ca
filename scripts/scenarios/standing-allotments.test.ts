import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { freshAgent, call as stationCall } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { serveStandingOrders } from '@lianpiao/agent/trips/serve-standing-orders';
import { returnIdleSeats } from '@lianpiao/hub/cut-off/return-idle-seats';
import { projections } from '@lianpiao/hub/inventory/projections';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { anOrder, freshHub, HANGZHOU, call as hubCall, pay, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { type AllotmentRule, allotmentOf, mostOf, quotaOf, shareOf } from '@lianpiao/shared/domain/allotment';
import { allLegs, meets, union } from '@lianpiao/shared/domain/legs';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { activateRules } from '@lianpiao/shared/store/rules';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lane } from './lane.ts';

const MINUTE = 60_000;
const CHANNELS = [WEB, { ...WEB, id: 'post-1', channel: 'outlet' as const }];
const ORIGIN = { ...WEB, id: HANGZHOU, channel: 'counter' as const };
const LEGS = 3;

const amount = fc.oneof(fc.record({ seats: fc.nat(5) }), fc.record({ percent: fc.nat(100) }));
const rule: fc.Arbitrary<AllotmentRule> = fc.record(
  {
    station: fc.constantFrom('*', HANGZHOU, HANGZHOU, '330600001'),
    line: fc.constantFrom('*', 'L1', 'L1', 'L2'),
    weekdays: fc.constantFrom([6], [1, 2, 6], [7]),
    share: amount,
    most: amount,
    given: fc.record({ daysAhead: fc.nat(1), atMinute: fc.constantFrom(12 * 60 + 20, 9 * 60) }),
    lowWater: fc.nat(4),
    quotas: fc.dictionary(fc.constantFrom(...CHANNELS.map(({ id }) => id)), amount, { maxKeys: 2 }),
  },
  { requiredKeys: ['station', 'line', 'share', 'lowWater', 'quotas'] },
);
const ride = fc.tuple(fc.nat(LEGS), fc.nat(LEGS)).filter(([from, to]) => from < to);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('hold'), ride, channel: fc.nat(1), count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('give', 'recall', 'station sells'),
      ride,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('carry'), lane: fc.nat(1), again: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('order', 'order', 'pay', 'idle', 'carry all', 'carry all', 'new rules'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('time'), minutes: fc.constantFrom(1, 14, 40) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
const anyDay = fc.record({
  seatCount: fc.integer({ min: 2, max: 9 }),
  versions: fc.tuple(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.array(rule, { maxLength: 3 })),
  steps: fc.array(step, { minLength: 20, maxLength: 45 }),
});
type Day = typeof anyDay extends fc.Arbitrary<infer Each> ? Each : never;

async function aWorld({ seatCount, versions }: Day) {
  const trip = aTrip({ seatCount, stops: ['杭州', '绍兴', '上虞', '宁波'] });
  const { tripId } = trip;
  const [agent, hub] = [await freshAgent(HANGZHOU), await freshHub()];
  const [own, shared] = [agent.store as unknown as Store<SharedTables>, hub.store as unknown as Store<SharedTables>];
  const up = { from: own, peer: 'hub', to: hub.store, facts: projections(hub), sender: HANGZHOU };
  const down = { from: shared, peer: HANGZHOU, to: agent.store, facts: hubFacts(agent), sender: 'hub' };
  const [seats, back, ev] = [
    new Lane({ ...up, lane: 'seat' }),
    new Lane({ ...down, lane: 'seat' }),
    new Lane({ ...up, lane: 'ev' }),
  ];
  let [now, passengers, inForce, served] = [NOON, 0, 0, 0];
  const unpaid: string[] = [];

  const activate = async (version: number) => {
    const set = { ...DEFAULT_RULES, version: `v${version}`, validFrom: now, allotments: versions[version]! };
    for (const { store } of [agent, hub])
      await (store as unknown as Store<SharedTables>).transaction((tx) => activateRules(tx, set));
    inForce = version;
  };
  const away = async () =>
    (await seatsOfTrip(own.read, tripId)).filter(({ mine }) => mine !== allLegs(LEGS + 1)).length;
  const carryAll = async () => {
    for (const lane of [ev, seats, back]) while (await lane.carry(false));
  };
  /** The agent's loop: what it gives by itself is counted apart. */
  const serve = async () => {
    const { db, t } = agent.store.read;
    const given = async () =>
      (await db.select().from(t.outbox)).filter(
        (row) => row.type === 'seat.granted' && !JSON.parse(row.fact).seat.startsWith('C'),
      ).length;
    const before = await given();
    await serveStandingOrders(agent, now);
    served += (await given()) - before;
  };
  await activate(0);
  await importTrips(agent, [trip], NOON - 24 * 60 * MINUTE * 2);
  await serve();
  await carryAll();

  const does = async (each: Step): Promise<void> => {
    hub.clock.at = now;
    if (each.do === 'carry') await [seats, back][each.lane]!.carry(each.again);
    else if (each.do === 'carry all') await carryAll();
    else if (each.do === 'time') now += each.minutes * MINUTE;
    else if (each.do === 'idle') await returnIdleSeats(hub, now);
    else if (each.do === 'new rules') {
      now += 1;
      if (inForce === 0) await activate(1);
    } else if (each.do === 'order') {
      const order = await anOrder(hub, trip, { first: ++passengers }).catch(() => undefined);
      if (order) unpaid.push(order.payment.payUrl);
    } else if (each.do === 'pay') {
      const url = unpaid.shift();
      if (url) await pay(hub, url);
    } else if ('ride' in each) {
      const [from, to] = each.ride;
      const body = { tripId, from, to, count: each.count };
      if (each.do === 'give') await giveSeats(agent, stationCall(), body, now);
      else if (each.do === 'recall') await recallSeats(hub, hubCall(ORIGIN), body, now);
      else if (each.do === 'hold') await holdSeats(hub, hubCall(CHANNELS[each.channel]!), body, now);
      else await aSale(agent, { trip, from, to, now, first: ++passengers, print: false }).catch(() => undefined);
    }
    hub.clock.at = now;
    await expireOrders(hub, now);
    await serve();
  };
  /** The same limit under each version that has been in force: what was right then stays. */
  const limit = (of: (rule: AllotmentRule) => number, without: number) =>
    Math.max(
      ...versions.slice(0, inForce + 1).map((rules) => {
        const counts = allotmentOf(rules, trip);
        return counts ? of(counts) : without;
      }),
    );
  return {
    trip,
    own,
    shared,
    does,
    away,
    carryAll,
    limit,
    served: () => served,
    /** Distinct seats of a channel, counted from all rows. */
    used: async (channel: string) => {
      const { db, t } = hub.store.read;
      const live = (await db.select().from(t.holds)).filter(
        (row) => row.caller === channel && row.state === 'held' && row.expiresAt > now,
      );
      const sold = (await db.select().from(t.tickets)).filter((row) => row.seller === channel);
      return new Set([...live.flatMap((row) => JSON.parse(row.seats) as string[]), ...sold.map((row) => row.seat)])
        .size;
    },
    end: () => Promise.all([agent.end(), hub.end()]),
  };
}
type World = Awaited<ReturnType<typeof aWorld>>;

async function expectLimits({ trip, limit, used, away, served }: World): Promise<void> {
  const all = trip.seats.length;
  expect(served()).toBeLessThanOrEqual(limit((counts) => shareOf(counts, trip), 0));
  expect(await away()).toBeLessThanOrEqual(limit((counts) => mostOf(counts, trip), all));
  for (const { id } of CHANNELS)
    expect(await used(id)).toBeLessThanOrEqual(limit((counts) => quotaOf(counts, trip, id) ?? all, all));
}

async function expectOneOwner({ trip, own, shared }: World, whole: boolean): Promise<void> {
  const of = async (store: Store<SharedTables>) =>
    new Map((await seatsOfTrip(store.read, trip.tripId)).map((seat) => [seat.seat, seat]));
  const [station, hub] = [await of(own), await of(shared)];
  for (const seat of trip.seats) {
    const [a, b] = [station.get(seat)!.mine, hub.get(seat)?.mine];
    expect(b !== undefined && meets(a, b)).toBe(false);
    if (whole) expect(b === undefined ? a : union(a, b)).toBe(allLegs(LEGS + 1));
  }
}

it('whatever the rules, the coach and the sales: never over share, most and quota, and each leg has one owner', async () => {
  await fc.assert(
    fc.asyncProperty(anyDay, async (day) => {
      const world = await aWorld(day);
      try {
        for (const each of day.steps) {
          await world.does(each);
          await expectLimits(world);
          await expectOneOwner(world, false);
        }
        await world.carryAll();
        await expectOneOwner(world, true);
      } finally {
        await world.end();
      }
    }),
    { numRuns: 20 },
  );
});
