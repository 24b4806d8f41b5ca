import fc from 'fast-check';
import { EVENTS, type EventType } from '../protocol/events.ts';

/**
 * Facts of every type, made by hand from what the documents allow: what the schemas take is what they are compared with,
 * so nothing here is derived from them. Text covers characters that names and plates have.
 */
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const text = (maxLength: number, minLength = 1) =>
  fc.string({ unit: fc.constantFrom(...'杭州东站abcXYZ019 "\\浙A·－'), minLength, maxLength });
const at = fc.integer({ min: 0, max: 4_102_444_800_000 });
const fen = fc.integer({ min: 0, max: 100_000_000 });
const date = fc.constantFrom('20251121', '20260228', '20280229');
const station = digits(9);
const tripId = fc.tuple(station, date, fc.stringMatching(/^[A-Za-z0-9]{1,16}$/)).map((parts) => parts.join('-'));
const legs = fc.integer({ min: 1, max: 2 ** 48 - 1 });
const seat = fc.constantFrom('01', '12A', '1X', 'C3');
const opaque = fc.stringMatching(/^[a-z0-9-]{1,40}$/);
const epoch = fc.integer({ min: 1, max: 9 });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value);

const ticket = fc.record({
  ticketNo: digits(20),
  orderId: opaque,
  tripId,
  epoch,
  seat,
  legs,
  from: fc.integer({ min: 0, max: 47 }),
  to: fc.integer({ min: 1, max: 48 }),
  fareType: fc.constantFrom('full', 'half', 'freeChild', 'privilegeHalf'),
  fareFen: fen,
  insuranceFen: fen,
  payMethod: fc.constantFrom('cash', 'psp', 'credit'),
  channel: fc.constantFrom('counter', 'kiosk', 'web', 'outlet', 'app', 'telephone', 'other'),
  seller: opaque,
  terminal: digits(3),
  clerk: orNull(text(40, 0)),
  shiftId: orNull(opaque),
  rules: opaque,
  soldAt: at,
  bizDate: date,
  home: fc.oneof(station, fc.constant('hub')),
  printSeq: fc.nat({ max: 9 }),
});
const seatMoves = fc.array(fc.record({ seat, legs, to: seat }), { maxLength: 3 });
const seated = fc.record({
  ticketNo: digits(20),
  tripId,
  epoch,
  seat,
  legs,
  from: fc.integer({ min: 0, max: 47 }),
  to: fc.integer({ min: 1, max: 48 }),
  at,
});
const moved = { ticketNo: digits(20), tripId, at, bizDate: date, by: text(40, 0) };
const stop = fc.record({
  code: fc.stringMatching(/^[A-Za-z0-9-]{1,24}$/),
  name: text(40),
  station: orNull(station),
  arrives: fc.integer({ min: 0, max: 4320 }),
  departs: fc.integer({ min: 0, max: 4320 }),
  km: fc.integer({ min: 0, max: 10_000 }),
});
const trip = fc.record({
  tripId,
  origin: station,
  tripNo: fc.stringMatching(/^[A-Za-z0-9]{1,16}$/),
  serviceDate: date,
  zone: fc.constantFrom('Asia/Shanghai', 'Europe/Berlin'),
  lineCode: text(24, 0),
  carrier: text(40),
  vehicleClass: text(24, 0),
  kind: fc.constantFrom('regular', 'extra'),
  nature: fc.constantFrom('fixed', 'flow'),
  gate: text(8, 0),
  stops: fc.array(stop, { minLength: 2, maxLength: 4 }),
  seats: fc.array(seat, { minLength: 1, maxLength: 4 }),
  fares: fc.record({ full: fc.array(fen, { maxLength: 3 }), note: text(5) }),
  epoch,
});

const FACTS: Record<EventType, fc.Arbitrary<unknown>> = {
  'seat.granted': fc.record(
    { transferId: opaque, tripId, epoch, seat, legs, forTicket: digits(20) },
    { requiredKeys: ['transferId', 'tripId', 'epoch', 'seat', 'legs'] },
  ),
  'trip.reseated': fc.record(
    {
      tripId,
      epoch: fc.integer({ min: 2, max: 9 }),
      seats: fc.array(seat, { minLength: 1, maxLength: 4 }),
      places: fc.nat({ max: 80 }),
      moves: seatMoves,
      reason: fc.constantFrom('substituted', 'timetable', 'merged'),
      at,
      joined: fc.record({
        tripId,
        epoch,
        moves: seatMoves,
        stops: fc.array(fc.nat({ max: 48 }), { minLength: 2, maxLength: 4 }),
      }),
    },
    { requiredKeys: ['tripId', 'epoch', 'seats', 'moves', 'reason', 'at'] },
  ),
  'hub-ticket.seated': seated,
  'ticket.seated': seated,
  'hub-ticket.sold': ticket,
  'hub-ticket.freed': fc.record({ ...moved, state: fc.constantFrom('refunded', 'voided', 'rebooked') }),
  'hub-ticket.collected': fc.record({ ...moved, printSeq: fc.integer({ min: 1, max: 99 }) }),
  'trip.final': fc.record({
    tripId,
    boardingStop: fc.nat({ max: 47 }),
    tickets: fc.nat({ max: 80 }),
    digest: fc.stringMatching(/^[0-9a-f]{64}$/),
    at,
  }),
  'ticket.freedSeen': fc.record({
    ...moved,
    state: fc.constantFrom('refunded', 'voided', 'rebooked'),
    seat: fc.constantFrom('free', 'kept', 'boarded'),
  }),
  'ticket.homed': fc.record({ ...moved, home: fc.oneof(station, fc.constant('hub')) }),
  'exchange.committed': fc.record({
    ...moved,
    newTicket: ticket,
    differenceFen: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    exchangeId: opaque,
  }),
  'trip.published': trip,
  'trip.told': fc
    .tuple(trip, fc.constantFrom('open', 'suspended', 'departed'))
    .map(([body, state]) => ({ ...body, state })),
  'trip.suspended': fc.record({ tripId, at, reason: text(120, 0) }),
  'trip.departed': fc.record({
    tripId,
    stop: fc.nat({ max: 47 }),
    at,
    bizDate: date,
    boarded: fc.nat({ max: 80 }),
    forfeited: fc.nat({ max: 80 }),
    vehicle: orNull(text(12, 0)),
  }),
  'ticket.sold': ticket,
  'ticket.collected': fc.record({ ...moved, printSeq: fc.integer({ min: 1, max: 99 }) }),
  'ticket.voided': fc.record({ ...moved, shiftId: orNull(opaque) }),
  'ticket.refunded': fc.record({
    ...moved,
    refundFen: fen,
    feeFen: fen,
    payer: opaque,
    reason: orNull(text(40, 0)),
    rules: opaque,
  }),
  'ticket.rebooked': fc.record({
    ...moved,
    newTicket: ticket,
    differenceFen: fc.integer({ min: -100_000, max: 100_000 }),
  }),
  'ticket.exchanged': fc.record({ exchangeId: opaque, oldTicketNo: digits(20), newTicket: ticket, at }),
  'ticket.boarded': fc.record({ ...moved, printSeq: fc.nat({ max: 9 }), late: fc.boolean() }),
  'ticket.unboarded': fc.record(moved),
  'ticket.homeGiven': fc.record({ ...moved, home: station }),
  'ticket.forfeited': fc.record(moved),
  'payout.made': fc.record({
    payoutId: opaque,
    orderId: opaque,
    ticketNo: digits(20),
    amountFen: fen,
    method: fc.constantFrom('cash', 'psp', 'credit'),
    shiftId: orNull(opaque),
    at,
    bizDate: date,
  }),
  'difference.moved': fc.record({
    moveId: opaque,
    exchangeId: opaque,
    ticketNo: digits(20),
    amountFen: fc.integer({ min: -100_000, max: 100_000 }),
    shiftId: opaque,
    at,
    bizDate: date,
  }),
  'shift.closed': fc.record({
    shiftId: opaque,
    clerk: text(40, 0),
    openedAt: at,
    closedAt: at,
    bizDate: date,
    expectedFen: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    countedFen: fen,
  }),
  'clock.jump': fc.record({
    at,
    wallAt: at,
    stepMs: fc.integer({ min: -1e9, max: 1e9 }),
    offsetMs: orNull(fc.integer({ min: -1e9, max: 1e9 })),
  }),
  'numbers.leased': fc.record({
    terminal: digits(3),
    first: fc.nat({ max: 9_999_999 }),
    count: fc.integer({ min: 1, max: 10_000 }),
  }),
  'rules.activated': fc.record({
    version: opaque,
    validFrom: at,
    validTo: orNull(at),
    body: fc.record({ tiers: fc.array(fc.nat(), { maxLength: 3 }) }),
  }),
  'allotment.set': fc.record({ line: text(24, 0), seats: fc.nat({ max: 80 }), lowWater: fc.nat({ max: 80 }) }),
  'ticket-key.certified': fc.record({
    keyNo: fc.integer({ min: 1, max: 65_535 }),
    owner: station,
    publicKey: fc.stringMatching(/^04[0-9a-f]{128}$/),
    revoked: fc.boolean(),
  }),
};

/** A fact of one type, as a plain value. */
export function anyFactOf(type: EventType): fc.Arbitrary<unknown> {
  return FACTS[type];
}

/** An event of any type as it travels. */
export const anyWireEvent = fc.constantFrom(...(Object.keys(EVENTS) as EventType[])).chain((type) =>
  fc.record(
    {
      type: fc.constant(type),
      tv: fc.constant(EVENTS[type].tv),
      at,
      agg: text(80),
      fact: FACTS[type].map((fact) => JSON.stringify(fact)),
      person: fc.record({
        sealed: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
        hash: fc.stringMatching(/^[0-9a-f]{64}$/),
      }),
    },
    { requiredKeys: ['type', 'tv', 'at', 'agg', 'fact'] },
  ),
);
