import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { unboardTicket } from '@lianpiao/agent/boarding/unboard-ticket';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats as holdAtStation } from '@lianpiao/agent/seats/hold-seats';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { sell } from '@lianpiao/agent/tickets/sell';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { holdSeats as holdAtHub } from '@lianpiao/hub/orders/hold-seats';
import { quoteRefund as quoteAtHub } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket as refundAtHub } from '@lianpiao/hub/orders/refund-ticket';
import { HANGZHOU, call as hubCall, pay, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { legMask, meets, union } from '@lianpiao/shared/domain/legs';
import { claimed } from '@lianpiao/shared/domain/seats';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, type BoardingPoint, SHAOXING } from './boarding-point.ts';
import { expectClean } from './expect-clean.ts';

const MINUTE = 60_000;
/** Three seats, four stops: few enough that everybody wants the same legs. */
const trip = aTripByShaoxing(3);
const { tripId } = trip;

const ride = fc.tuple(fc.nat(3), fc.nat(3)).filter(([from, to]) => from < to);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('origin sells', 'point sells', 'hub sells'), ride }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('give', 'origin recalls', 'point recalls'), ride }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('void', 'refund', 'board', 'unboard'),
      which: fc.nat(20),
      at: fc.nat(1),
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('carry'), lane: fc.nat(7), again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('time'), minutes: fc.constantFrom(1, 10, 30, 60) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

function actor(day: BoardingPoint) {
  const { origin, point, hub, clock } = day;
  let passengers = 0;
  const adults = () => [{ ...aPassenger(++passengers), fareType: 'full' as const }];

  const sellAt = async (at: typeof origin, from: number, to: number) => {
    const held = await holdAtStation(at, call(), { tripId, from, to, count: 1 }, clock.now());
    if (!held.ok) return;
    const { holdId } = held.value;
    const wish = { holdId, passengers: adults(), payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
    await sell(at, call(), wish, clock.now());
  };
  const sellAtHub = async (from: number, to: number) => {
    const held = await holdAtHub(hub, hubCall(), { tripId, from, to, count: 1 }, clock.now());
    if (!held.ok) return;
    const wish = { holdId: held.value.holdId, passengers: adults(), contact: { name: '测试甲', phone: '13800000000' } };
    const ordered = await createOrder(hub, hubCall(), wish, clock.now());
    if (ordered.ok) await pay(hub, ordered.value.payment.payUrl);
  };
  const refundAt = async (at: typeof origin, ticketNo: string) => {
    const quote = await quoteRefund(at, { ticketNo, channel: 'counter', overrule: null }, clock.now());
    if (!quote.ok) return;
    await refundTicket(at, call(), { ticketNo, quoteId: quote.value.quoteId, payer: at.station.code }, clock.now());
  };
  const refundOfHub = async (ticketNo: string) => {
    const quote = await quoteAtHub(hub, { ticketNo, channel: 'counter', overrule: null }, clock.now());
    if (!quote.ok) return;
    await refundAtHub(hub, hubCall(), { ticketNo, quoteId: quote.value.quoteId, payer: 'original' }, clock.now());
  };
  const recall = (station: string, from: number, to: number) =>
    recallSeats(hub, hubCall({ ...WEB, id: station, channel: 'counter' }), { tripId, from, to, count: 1 }, clock.now());

  return async (each: Step): Promise<void> => {
    if (each.do === 'carry') await day.lanes[each.lane]!.carry(each.again);
    else if (each.do === 'time') clock.at += each.minutes * MINUTE;
    else if ('ride' in each) {
      const [from, to] = each.ride;
      if (each.do === 'origin sells') await sellAt(origin, from, to);
      else if (each.do === 'point sells') await sellAt(point, from, to);
      else if (each.do === 'hub sells') await sellAtHub(from, to);
      else if (each.do === 'give') await giveSeats(origin, call(), { tripId, from, to, count: 2 }, clock.now());
      else await recall(each.do === 'origin recalls' ? HANGZHOU : SHAOXING, from, to);
    } else if ('which' in each) {
      const known = [...(await everyTicket(day)).keys()];
      const ticketNo = known[each.which % known.length];
      const at = each.at === 0 ? origin : point;
      if (!ticketNo) return;
      if (each.do === 'void') await voidTicket(at, call(), ticketNo, clock.now());
      else if (each.do === 'board') await boardTicket(at, call(), { tripId, ticketNo }, clock.now());
      else if (each.do === 'unboard') await unboardTicket(at, call(), ticketNo, clock.now());
      else if (each.which % 3 === 0) await refundOfHub(ticketNo);
      else await refundAt(at, ticketNo);
    }
    await day.loops();
  };
}

const ticketsAt = async ({ store }: BoardingPoint['origin'] | BoardingPoint['hub']): Promise<TicketRow[]> =>
  store.read.db.select().from(store.read.t.tickets);

/** Every ticket that anybody knows, as each of the three knows it. */
async function everyTicket(day: BoardingPoint): Promise<Map<string, TicketRow[]>> {
  const all = new Map<string, TicketRow[]>();
  for (const at of [day.origin, day.hub, day.point])
    for (const row of await ticketsAt(at)) all.set(row.ticketNo, [...(all.get(row.ticketNo) ?? []), row]);
  return all;
}

/** Pairs of tickets that would put two people on one seat and leg. */
function clashes(tickets: readonly TicketRow[]): string[] {
  return tickets.flatMap((a, index) =>
    tickets
      .slice(index + 1)
      .filter((b) => a.seat === b.seat && meets(legMask(a.legs), legMask(b.legs)))
      .map((b) => `${a.ticketNo} ${b.ticketNo}`),
  );
}

async function expectRules(day: BoardingPoint): Promise<void> {
  for (const seat of trip.seats) {
    let mine = legMask(0);
    for (const { store } of [day.origin, day.hub, day.point]) {
      const own = (await seatsOfTrip(store.read, tripId)).find((each) => each.seat === seat);
      if (!own) continue;
      expect(meets(mine, own.mine)).toBe(false);
      expect(own.owed).toBe(0);
      expect(union(own.mine, claimed(own))).toBe(own.mine);
      mine = union(mine, own.mine);
    }
  }
  const all = [...(await everyTicket(day)).values()];
  const alive = all.filter((rows) => !rows.some(({ state }) => isEnded(state as TicketState))).map(([row]) => row!);
  expect(clashes(alive)).toEqual([]);
  // A gate takes every code but those that it knows to be dead: unknown ones board by their signature.
  for (const [gate, stop] of [
    [day.origin, 0],
    [day.point, 1],
  ] as const) {
    const dead = new Set(
      (await ticketsAt(gate)).filter(({ state }) => isEnded(state as TicketState)).map(({ ticketNo }) => ticketNo),
    );
    const valid = all.map(([row]) => row!).filter(({ fromStop, ticketNo }) => fromStop === stop && !dead.has(ticketNo));
    expect(clashes(valid)).toEqual([]);
  }
}

const anySteps = fc.array(step, { minLength: 20, maxLength: 60 });

async function onADay(steps: readonly Step[], check: (day: BoardingPoint) => Promise<void>, after = false) {
  const day = await aBoardingPoint(trip);
  try {
    await giveSeats(day.origin, call(), { tripId, from: 0, to: 3, count: 2 }, day.clock.now());
    await day.carryAll();
    const does = actor(day);
    for (const each of steps) {
      await does(each);
      if (!after) await check(day);
    }
    if (after) await check(day);
  } finally {
    await day.end();
  }
}

it('one owner a leg, one passenger a seat, and no two valid codes at a gate, whatever is late, overtaken or repeated', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, (steps) => onADay(steps, expectRules)),
    { numRuns: 8 },
  );
});

it('when all facts have come, hub, home and gate agree about every ticket, and no seat waits for a word', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps, (steps) =>
      onADay(
        steps,
        async (day) => {
          await day.carryAll();
          await day.loops();
          await day.carryAll();
          await expectRules(day);
          await expectClean(day.hub, day.origin, day.point);
          const stores = new Map([
            [HANGZHOU, day.origin],
            [SHAOXING, day.point],
          ]);
          const { db, t } = day.hub.store.read;
          const alarmed = new Set((await db.select().from(t.alarms)).map(({ subject }) => subject));
          for (const row of await ticketsAt(day.hub)) {
            if (alarmed.has(row.ticketNo)) continue;
            const home = stores.get(row.home);
            const there = home && (await ticketsAt(home)).find(({ ticketNo }) => ticketNo === row.ticketNo)!;
            if (there) expect({ no: row.ticketNo, home: there.home }).toEqual({ no: row.ticketNo, home: row.home });
            const gate = [day.origin, day.point][row.fromStop];
            const seen = gate && (await ticketsAt(gate)).find(({ ticketNo }) => ticketNo === row.ticketNo);
            if (gate) expect({ no: row.ticketNo, state: seen?.state }).toEqual({ no: row.ticketNo, state: row.state });
          }
          // Somebody rides, or the list of a stop without a gate is printed: such a seat stays claimed for good.
          const printed = (await finalsOf(day.hub.store.read, tripId)).some(({ stop }) => stop === 2);
          if (alarmed.size > 0 || printed) return;
          for (const { freed } of await seatsOfTrip(day.origin.store.read, tripId)) expect(freed).toBe(0);
          for (const { freed } of await seatsOfTrip(day.point.store.read, tripId)) expect(freed).toBe(0);
        },
        true,
      ),
    ),
    { numRuns: 8 },
  );
});
