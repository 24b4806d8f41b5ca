import { allLegs } from '@lianpiao/shared/domain/legs';
import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quoteRefund } from '../orders/quote-refund.ts';
import { seatPassenger } from '../overflow/seat-passenger.ts';
import { freezeTrip, thawTrip } from '../restore/withhold-seats.ts';
import { aTicket } from '../testing/fresh-books.ts';
import { anOrder, type FreshHub, freshHub, HANGZHOU, onSale, pay, says, WEB } from '../testing/fresh-hub.ts';

/** Two days ahead, so that a refund on line is still possible. */
const trip = aTrip({ seatCount: 4, serviceDate: '20261123' as never });
const { tripId } = trip;
const EVERY = allLegs(trip.stops.length);
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 2);
});
afterEach(() => hub.end());

/** The station's new plan, each seat moved whole as `moves` say. */
const reseated = (epoch: number, seats: string[], moves: Readonly<Record<string, string>>, from = HANGZHOU) =>
  says(hub, from, 'trip.reseated', {
    tripId,
    epoch,
    seats,
    moves: Object.entries(moves).map(([seat, to]) => ({ seat, legs: EVERY, to })),
    reason: 'substituted',
    at: NOON,
  });
const mine = async () => (await seatsOfTrip(hub.store.read, tripId)).map(({ seat, mine: legs }) => [seat, legs]);
const ticketsOf = async (orderId: string) =>
  (await hub.store.read.db.select().from(hub.store.read.t.tickets)).filter((each) => each.orderId === orderId);
const toStation = async (type: string) =>
  (await hub.store.read.db.select().from(hub.store.read.t.outbox))
    .filter((row) => row.type === type)
    .map(({ fact }) => JSON.parse(fact));

it('sells on under the new labels, and the order under way is issued its new seat', async () => {
  const { order, payment } = await anOrder(hub, trip);
  await reseated(2, ['1A', '1B', '1C'], { '03': '1C', '04': '1A' });
  expect(await mine()).toEqual([
    ['1A', EVERY],
    ['1C', EVERY],
  ]);
  await pay(hub, payment.payUrl);
  expect(await ticketsOf(order.orderId)).toMatchObject([{ seat: '1C', epoch: 2, state: 'sold' }]);
  expect(await toStation('hub-ticket.sold')).toMatchObject([{ seat: '1C', epoch: 2 }]);
});

it('is waited for by the departure that speaks of it, so that who rides along from a merged trip has left too', async () => {
  const joined = aTrip({ seatCount: 1, serviceDate: '20261123' as never, tripNo: 'K106' });
  await onSale(hub, joined, 0);
  const ticket = aTicket(joined, { seat: '01', legs: EVERY, from: 0, to: 2 });
  await says(hub, HANGZHOU, 'ticket.sold', ticket);
  const at = { ticketNo: ticket.ticketNo, tripId, at: NOON, bizDate: '20261123', by: 'gate' };
  await says(hub, HANGZHOU, 'ticket.boarded', { ...at, printSeq: 1, late: false });
  const left = {
    tripId,
    stop: 0,
    at: NOON,
    bizDate: '20261123',
    boarded: 1,
    forfeited: 0,
    vehicle: null,
    homes: 'hub' as const,
  };
  await expect(says(hub, HANGZHOU, 'trip.departed', { ...left, epoch: 2 })).rejects.toMatchObject({
    code: 'trip.not-told-yet',
    detail: { retryable: true },
  });
  const plan = { tripId, epoch: 2, seats: ['01', '02'], moves: [], reason: 'merged' as const, at: NOON };
  const from = { tripId: joined.tripId, epoch: 1, moves: [{ seat: '01', legs: EVERY, to: '01' }], stops: [0, 1, 2] };
  await says(hub, HANGZHOU, 'trip.reseated', { ...plan, joined: from });
  await says(hub, HANGZHOU, 'trip.departed', { ...left, epoch: 2 });
  expect(await findTicket(hub.store.read, ticket.ticketNo)).toMatchObject({ tripId, state: 'departed', home: 'hub' });
});

describe('a free child of an order', () => {
  const coach = aTrip({ seatCount: 20, serviceDate: '20261123' as never, tripNo: 'K200' });
  const plan = (places: number | undefined, moves: readonly { seat: string; to: string }[]) =>
    says(hub, HANGZHOU, 'trip.reseated', {
      tripId: coach.tripId,
      epoch: 2,
      seats: ['1A', '1B', '1C'],
      ...(places === undefined ? {} : { places }),
      moves: [...coach.seats.slice(-2).map((seat, index) => ({ seat, to: `1${'AB'[index]}` })), ...moves].map(
        (move) => ({
          ...move,
          legs: EVERY,
        }),
      ),
      reason: 'substituted',
      at: NOON,
    });
  const rows = async () =>
    (await placesOfTrip(hub.store.read, coach.tripId)).map(({ seat, mine, held }) => [seat, mine, held]);

  beforeEach(async () => {
    await onSale(hub, coach, 2);
    const fact = { tripId: coach.tripId, epoch: 1, seat: 'C2', legs: EVERY, transferId: 'child' };
    await says(hub, HANGZHOU, 'seat.granted', fact);
  });

  it.each([
    ['as the origin maps it', 1, [{ seat: 'C2', to: 'C1' }], ['C1', EVERY, EVERY]],
    ['where an older origin says nothing of places', undefined, [], ['C2', EVERY, EVERY]],
  ])('keeps its place %s', async (_, places, moves, row) => {
    const { order, payment } = await anOrder(hub, coach, { children: 1 });
    await plan(places, moves);
    expect(await rows()).toEqual([row]);
    await pay(hub, payment.payUrl);
    expect((await ticketsOf(order.orderId)).map(({ seat }) => seat).sort()).toEqual(['1A', row[0]]);
  });

  it('that loses its place ends the hold, and the money goes back', async () => {
    const { order, payment } = await anOrder(hub, coach, { children: 1 });
    await plan(0, []);
    expect(await rows()).toEqual([]);
    await pay(hub, payment.payUrl);
    expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'autoRefund' });
  });
});

it('pays an order back whose hold lost its seat while it was being paid', async () => {
  const { order, payment } = await anOrder(hub, trip, { count: 2 });
  await reseated(2, ['1A'], { '04': '1A' });
  await pay(hub, payment.payUrl);
  expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'autoRefund' });
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.paymentRefunds)).toMatchObject([{ reason: 'payment.late', state: 'due' }]);
  expect(await seatsOfTrip(hub.store.read, tripId)).toMatchObject([{ seat: '1A', mine: EVERY, held: 0, sold: 0 }]);
});

it('lists a passenger without a seat, refunds without a fee, or seats the passenger and tells the gate', async () => {
  const { order, payment } = await anOrder(hub, trip, { count: 2 });
  await pay(hub, payment.payUrl);
  await reseated(2, ['1A'], {});
  const [one, two] = await ticketsOf(order.orderId);
  expect((await listOverflow(hub)).map(({ ticket }) => ticket.ticketNo)).toEqual([one!.ticketNo, two!.ticketNo]);
  const quote = await quoteRefund(hub, { ticketNo: one!.ticketNo, channel: 'web', overrule: null }, NOON);
  expect(quote).toMatchObject({ value: { feeFen: 0, tier: 'letDown' } });

  expect(await seatPassenger(hub, WEB, { ticketNo: two!.ticketNo }, NOON)).toMatchObject({
    refusal: { code: 'seat.sold-out' },
  });
  const given = { tripId, epoch: 2, seat: '1A', legs: EVERY };
  await says(hub, HANGZHOU, 'seat.granted', { ...given, transferId: 'for-two', forTicket: two!.ticketNo });
  expect(await findTicket(hub.store.read, two!.ticketNo)).toMatchObject({ seat: '1A', epoch: 2 });
  expect(await seatsOfTrip(hub.store.read, tripId)).toMatchObject([{ seat: '1A', mine: EVERY, sold: EVERY }]);
  expect(await toStation('hub-ticket.seated')).toMatchObject([{ ticketNo: two!.ticketNo, seat: '1A', epoch: 2 }]);
  expect(await listOverflow(hub)).toHaveLength(1);
});

it('keeps to the plan of lane seat, whichever publication overtakes it or comes behind it', async () => {
  const published = (epoch: number, seats: string[], gate: string) =>
    says(hub, HANGZHOU, 'trip.published', {
      ...trip,
      stops: [...trip.stops],
      fares: { ...trip.fares },
      epoch,
      seats,
      gate,
    });
  await published(2, ['1A', '1B'], '7');
  expect(await findTrip(hub.store.read, tripId)).toMatchObject({ epoch: 1, seats: trip.seats, gate: '7' });
  await reseated(2, ['1A', '1B'], { '03': '1A', '04': '1B' });
  await published(1, [...trip.seats], '8');
  expect(await findTrip(hub.store.read, tripId)).toMatchObject({ epoch: 2, seats: ['1A', '1B'], gate: '8' });
});

it('gives back under its new label what was frozen under the old one while the hub was restored', async () => {
  const blocked = async () =>
    (await seatsOfTrip(hub.store.read, tripId)).map(({ seat, blocked: legs }) => [seat, legs]);
  await hub.store.transaction((tx) => freezeTrip(tx, tripId, NOON));
  await reseated(2, ['1A', '1B'], { '03': '1A', '04': '1B' });
  expect(await blocked()).toEqual([
    ['1A', EVERY],
    ['1B', EVERY],
  ]);
  await hub.store.transaction((tx) => thawTrip(tx, tripId, false));
  expect(await blocked()).toEqual([
    ['1A', 0],
    ['1B', 0],
  ]);
});

it('stops the lane at a plan that follows none that is known, and at one that is not its station’s', async () => {
  await expect(reseated(3, ['1A'], {})).rejects.toMatchObject({ code: 'epoch.out-of-order' });
  await expect(reseated(2, ['1A'], {}, '330600001')).rejects.toMatchObject({ code: 'trip.other-origin' });
  await reseated(2, ['1A'], { '04': '1A' });
  await reseated(2, ['1A'], { '04': '1A' });
  expect(await mine()).toEqual([['1A', EVERY]]);
});
