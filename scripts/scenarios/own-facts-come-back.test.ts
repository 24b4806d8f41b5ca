import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { seatPassenger } from '@lianpiao/agent/dispatch/seat-passenger';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { endAtGate } from '@lianpiao/agent/gates/end-at-gate';
import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { setUnprovenAside } from '@lianpiao/agent/sync/unproven-events';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { HANGZHOU } from '@lianpiao/hub/testing/fresh-hub';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { applyFact } from '@lianpiao/shared/link/facts';
import { eventsFrom } from '@lianpiao/shared/link/stream-rows';
import { CHAIN_START } from '@lianpiao/shared/protocol/chain';
import { EVENTS, type EventBody, type EventType } from '@lianpiao/shared/protocol/events';
import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, type BoardingPoint, SHAOXING } from './boarding-point.ts';

const trip = aTripByShaoxing(6);
const { tripId } = trip;
type Station = BoardingPoint['origin'];

let world: BoardingPoint;
let restored: Station;
beforeEach(async () => {
  world = await aBoardingPoint(trip);
  restored = await freshAgent(HANGZHOU);
});
afterEach(async () => {
  await world.end();
  await restored.end();
});

/** A station whose backup is empty gets back everything that it ever said. */
async function getBack(said: Station, by: Station): Promise<void> {
  for (const lane of ['seat', 'ev'] as const)
    for (const row of await eventsFrom(said.store.read, 'hub', lane, 1, 1000))
      await by.store.transaction((tx) => applyFact(tx, rebuildFacts(by), { ...row, peer: 'hub' }));
}

/** One fact comes back. */
async function comesBack<Type extends EventType>(by: Station, type: Type, fact: EventBody<Type>): Promise<void> {
  const { tv } = EVENTS[type];
  const sealed = { person: null, personHash: null };
  const row = { peer: 'hub', seq: 1, type, tv, at: NOON, agg: tripId, fact: JSON.stringify(fact), ...sealed };
  await by.store.transaction((tx) => applyFact(tx, rebuildFacts(by), row));
}

async function rowsOf(station: Station) {
  const { read } = station.store;
  const { tickets, seats, transfers, cashMoves, refundDues, trips } = read.t;
  const { seat, mine, owed, sold, freed } = seats;
  const { ticketNo, epoch, state, home, legs, fromStop, rebookedFrom } = tickets;
  return {
    trips: await read.db.select().from(trips),
    tickets: await read.db
      .select({ ticketNo, epoch, state, home, legs, fromStop, rebookedFrom, seat: tickets.seat })
      .from(tickets)
      .orderBy(ticketNo),
    seats: await read.db.select({ seat, mine, owed, sold, freed }).from(seats).orderBy(seat),
    transfers: await read.db.select().from(transfers).orderBy(transfers.transferId),
    cash: await read.db
      .select({ what: cashMoves.what, subject: cashMoves.subject, fen: cashMoves.amountFen })
      .from(cashMoves)
      .orderBy(cashMoves.subject, cashMoves.amountFen),
    dues: await read.db
      .select({ ticketNo: refundDues.ticketNo, state: refundDues.state, fen: refundDues.amountFen })
      .from(refundDues),
    listed: (await listOverflow(station)).map(({ ticket }) => ticket.ticketNo),
  };
}

const sale = async (from: number, first: number) =>
  (await aSale(world.origin, { trip, from, to: 3, now: NOON, first, print: false })).tickets[0]!.ticketNo;

async function refund(ticketNo: string): Promise<void> {
  const quote = await quoteRefund(world.origin, { ticketNo, channel: 'counter', overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  const wish = { ...quote.value, payer: HANGZHOU };
  expect(await refundTicket(world.origin, call(), wish, NOON)).toMatchObject({ ok: true });
}

describe('what a station said comes back after a restore', () => {
  it('homes, seats that wait for a gate, refunds that are due, new seat plans and who sits where are what they were', async () => {
    const { origin } = world;
    await refund(await sale(1, 1));
    await refund(await sale(0, 2));
    const mistaken = await sale(0, 3);
    for (const passenger of [4, 5, 6]) await sale(0, passenger);
    await sale(1, 7);
    await giveSeats(origin, call(), { tripId, from: 0, to: 3, count: 1 }, NOON);
    const plan = { tripId, seats: ['01', '1A', '1B', '1C'] };
    expect(await substituteVehicle(origin, call(), plan, NOON)).toMatchObject({ ok: true });
    const [listed] = (await rowsOf(origin)).listed;
    expect(await voidTicket(origin, call(), mistaken, NOON)).toMatchObject({ ok: true });
    expect(await seatPassenger(origin, call(), { ticketNo: listed! }, NOON)).toMatchObject({ ok: true });
    await passHomes(origin, departsAt(trip, 1) - 60_000);

    await getBack(origin, restored);
    const before = await rowsOf(origin);
    expect(before.dues).toMatchObject([{ state: 'waiting' }]);
    expect(before.tickets.filter(({ home }) => home === SHAOXING)).toHaveLength(1);
    expect(await rowsOf(restored)).toEqual(before);
  });

  it('who had boarded before the restore has left with a coach that departed behind it, and not stayed away', async () => {
    await getBack(world.origin, restored);
    const ticketNo = await sale(0, 1);
    await getBack(world.origin, restored);
    const gone = departsAt(trip, 0);
    expect(await departTrip(restored, call(), { tripId }, gone)).toMatchObject({ ok: true, value: { forfeited: 1 } });
    const at = { ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'gate' };
    await comesBack(restored, 'ticket.boarded', { ...at, printSeq: 1, late: false });
    expect((await rowsOf(restored)).tickets).toMatchObject([{ ticketNo, state: 'departed' }]);
    await comesBack(restored, 'ticket.unboarded', at);
    expect((await rowsOf(restored)).tickets).toMatchObject([{ ticketNo, state: 'forfeited', home: 'hub' }]);
  });

  it('who was let out again in the lost part has not travelled with the coach, and the home of the ticket is still the station', async () => {
    const ticketNo = await sale(0, 1);
    const at = { ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'gate' };
    await getBack(world.origin, restored);
    await comesBack(restored, 'ticket.boarded', { ...at, printSeq: 1, late: false });
    await departTrip(restored, call(), { tripId }, departsAt(trip, 0));
    expect((await rowsOf(restored)).tickets).toMatchObject([{ ticketNo, state: 'departed', home: 'hub' }]);
    await comesBack(restored, 'ticket.unboarded', at);
    expect((await rowsOf(restored)).tickets).toMatchObject([{ ticketNo, state: 'sold', home: HANGZHOU }]);
  });

  it('a forfeited ticket that the hub refunded behind the coach is the same, although the word of its gate comes back before its sale', async () => {
    const { origin } = world;
    const ticketNo = await sale(0, 1);
    const gone = departsAt(trip, 0);
    expect(await departTrip(origin, call(), { tripId }, gone)).toMatchObject({ value: { forfeited: 1 } });
    const ended = { ticketNo, tripId, at: gone, bizDate: '20261121', by: SHAOXING, state: 'refunded' as const };
    await origin.store.transaction((tx) => endAtGate(tx, ended, gone));
    await getBack(origin, restored);
    const before = await rowsOf(origin);
    expect(before.tickets).toMatchObject([{ ticketNo, state: 'refunded', home: 'hub' }]);
    expect(await rowsOf(restored)).toEqual(before);
  });

  it('a coach that a restored station lets leave a second time has left when it left first, and is told of once', async () => {
    await getBack(world.origin, restored);
    await departTrip(restored, call(), { tripId }, departsAt(trip, 0));
    const nothing = { seq: 0, hash: CHAIN_START };
    await restored.store.transaction((tx) => setUnprovenAside(tx, 'ev', { seat: nothing, ev: nothing }));
    const left = { tripId, stop: 0, at: NOON, bizDate: '20261121', boarded: 2, forfeited: 1, vehicle: null };
    await comesBack(restored, 'trip.departed', left);
    const { db, t } = restored.store.read;
    expect(await db.select().from(t.departures)).toMatchObject([
      { tripId, departedAt: NOON, boarded: 2, forfeited: 1 },
    ]);
    expect((await db.select().from(t.unprovenEvents)).filter(({ type }) => type === 'trip.departed')).toEqual([]);
  });

  it('an exchange is done again, with its ticket, its seat and the cash of each drawer', async () => {
    await getBack(world.origin, restored);
    const [newTicket] = (await soldTicket()).tickets;
    await getBack(world.origin, restored);
    const said = {
      exchangeId: 'x1',
      ticketNo: '33060000110010000001',
      shiftId: 'shift-1',
      at: NOON,
      bizDate: '20261121',
    };
    await comesBack(restored, 'difference.moved', { ...said, moveId: 'm1', amountFen: 500 });
    const moved = { exchangeId: 'x1', oldTicketNo: said.ticketNo, at: NOON };
    const body = {
      ...newTicket!,
      ticketNo: `${newTicket!.ticketNo.slice(0, -1)}9`,
      legs: 7,
      from: 0,
      to: 3,
      seat: '06',
    };
    await comesBack(restored, 'ticket.exchanged', { ...moved, newTicket: body });
    const { read } = restored.store;
    expect(await read.db.select().from(read.t.exchanges)).toMatchObject([
      { exchangeId: 'x1', state: 'done', differenceFen: 500, dueFen: 0 },
    ]);
    const { tickets, seats, cash } = await rowsOf(restored);
    expect(tickets).toContainEqual(expect.objectContaining({ ticketNo: body.ticketNo, rebookedFrom: said.ticketNo }));
    expect(seats).toContainEqual(expect.objectContaining({ seat: '06', sold: 7, mine: 7 }));
    expect(cash).toContainEqual({ what: 'difference', subject: said.ticketNo, fen: 500 });
  });

  it('a ticket of another station that was refunded here as its home is dead, although its sale comes again later', async () => {
    await getBack(world.origin, restored);
    const ticketNo = `${SHAOXING}00010000001`;
    const at = { ticketNo, tripId, at: NOON, bizDate: '20261121', by: 'u1' };
    const refunded = { refundFen: 100, feeFen: 0, payer: HANGZHOU, reason: null, rules: 'r' };
    await comesBack(restored, 'ticket.refunded', { ...at, ...refunded });
    expect((await rowsOf(restored)).tickets).toMatchObject([{ ticketNo, state: 'refunded' }]);
  });
});

const soldTicket = async () => {
  const { read } = world.origin.store;
  await sale(0, 1);
  const row = (await read.db.select().from(read.t.outbox)).find(({ type }) => type === 'ticket.sold');
  return { tickets: [JSON.parse(row!.fact) as EventBody<'ticket.sold'>] };
};
