import { z } from 'zod';

/**
 * Facts that travel on a stream of the station link. A fact happened: it is applied, never refused.
 *
 * This file is the only definition of an event body. `tv` is the version of a type; a body grows only additively
 * within it. A body is `{ fact, person? }` on the wire: `person` is sealed, the facts here never name a passenger.
 */

const fen = z.int().min(0).max(1e11);
const at = z.int().min(0);
const stationCode = z.string().regex(/^\d{9}$/);
const tripId = z.string().regex(/^\d{9}-\d{8}-[A-Za-z0-9]{1,16}$/);
const ticketNo = z.string().regex(/^\d{20}$/);
const orderId = z.string().min(1).max(40);
const seatLabel = z.string().min(1).max(8);
const legs = z
  .int()
  .min(1)
  .max(2 ** 48 - 1);
const id = z.string().min(1).max(64);

export const payMethod = z.enum(['cash', 'psp', 'credit']);
export const fareType = z.enum(['full', 'half', 'freeChild', 'privilegeHalf']);
export const channelName = z.enum(['counter', 'kiosk', 'web', 'outlet', 'app', 'telephone', 'other']);

export const tripStop = z.object({
  code: z.string().regex(/^[A-Za-z0-9-]{1,24}$/),
  name: z.string().min(1).max(40),
  station: stationCode.nullable(),
  arrives: z.int().min(0).max(4320),
  departs: z.int().min(0).max(4320),
  km: z.int().min(0).max(10000),
});

/** A trip as its origin publishes it (domain type `Trip`). */
export const tripBody = z.object({
  tripId,
  origin: stationCode,
  tripNo: z.string().regex(/^[A-Za-z0-9]{1,16}$/),
  serviceDate: z.string().regex(/^\d{8}$/),
  zone: z.string().min(1).max(40),
  lineCode: z.string().max(24),
  carrier: z.string().min(1).max(40),
  vehicleClass: z.string().max(24),
  kind: z.enum(['regular', 'extra']),
  nature: z.enum(['fixed', 'flow']),
  gate: z.string().max(8),
  stops: z.array(tripStop).min(2).max(49),
  seats: z.array(seatLabel).min(1).max(80),
  fares: z.looseObject({}),
  epoch: z.int().min(1),
});

/** Everything about a ticket that is not a person. */
export const ticketBody = z.object({
  ticketNo,
  orderId,
  tripId,
  epoch: z.int().min(1),
  seat: seatLabel,
  legs,
  from: z.int().min(0).max(48),
  to: z.int().min(1).max(48),
  fareType,
  fareFen: fen,
  insuranceFen: fen,
  payMethod,
  channel: channelName,
  /** Selling party: a station code, an outlet or a channel id. */
  seller: z.string().min(1).max(40),
  terminal: z.string().regex(/^\d{3}$/),
  clerk: z.string().max(40).nullable(),
  shiftId: z.string().max(40).nullable(),
  rules: z.string().min(1).max(40),
  soldAt: at,
  bizDate: z.string().regex(/^\d{8}$/),
  home: z.string().min(1).max(9),
  printSeq: z.int().min(0),
});

const moved = z.object({ ticketNo, tripId, at, bizDate: z.string().regex(/^\d{8}$/), by: z.string().max(40) });

/**
 * type → { lane, tv, since?, body }. Lane `seat` is applied in order and never parks; `ev` is projected and may park its
 * aggregate. `since` is the minor version that brought the type, 1 if none is given: nobody sends a type of lane `seat` to a
 * peer of a lower one (store/peer-versions).
 */
export const EVENTS = {
  'seat.granted': {
    lane: 'seat',
    tv: 1,
    body: z.object({ transferId: id, tripId, epoch: z.int().min(1), seat: seatLabel, legs }),
  },
  /** Hub → boarding station: what the hub sold, for manifest and gate. */
  'hub-ticket.sold': { lane: 'seat', tv: 1, body: ticketBody },
  /** Hub → boarding station: the ticket is dead; the seat is free again once the station has acknowledged this. */
  'hub-ticket.freed': {
    lane: 'seat',
    tv: 1,
    body: moved.extend({ state: z.enum(['refunded', 'voided', 'rebooked']) }),
  },
  /** Hub → boarding station: paper was handed out somewhere; a lower print sequence is no longer valid at the gate. */
  'hub-ticket.collected': { lane: 'seat', tv: 1, body: moved.extend({ printSeq: z.int().min(1) }) },
  /**
   * Hub → station that boards there, else the origin: the hub sells no more from this stop. `digest` is of its living tickets
   * from there (store/tickets/hub-list), `tickets` how many they are; the grants of seats that it has left follow behind it.
   */
  'trip.final': {
    lane: 'seat',
    tv: 1,
    since: 2,
    body: z.object({
      tripId,
      boardingStop: z.int().min(0).max(47),
      tickets: z.int().min(0),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      at,
    }),
  },

  'trip.published': { lane: 'ev', tv: 1, body: tripBody },
  'trip.suspended': { lane: 'ev', tv: 1, body: z.object({ tripId, at, reason: z.string().max(120) }) },
  'trip.departed': {
    lane: 'ev',
    tv: 1,
    body: z.object({
      tripId,
      stop: z.int().min(0).max(47),
      at,
      bizDate: z.string().regex(/^\d{8}$/),
      boarded: z.int().min(0),
      forfeited: z.int().min(0),
      vehicle: z.string().max(12).nullable(),
    }),
  },
  'ticket.sold': { lane: 'ev', tv: 1, body: ticketBody },
  'ticket.collected': { lane: 'ev', tv: 1, body: moved.extend({ printSeq: z.int().min(1) }) },
  'ticket.voided': { lane: 'ev', tv: 1, body: moved.extend({ shiftId: z.string().max(40).nullable() }) },
  /** The home ended the ticket; the money is paid out by `payer` and booked when `payout.made` comes from there. */
  'ticket.refunded': {
    lane: 'ev',
    tv: 1,
    body: moved.extend({
      refundFen: fen,
      feeFen: fen,
      payer: z.string().min(1).max(40),
      reason: z.string().max(40).nullable(),
      rules: z.string().max(40),
    }),
  },
  'ticket.rebooked': { lane: 'ev', tv: 1, body: moved.extend({ newTicket: ticketBody, differenceFen: z.int() }) },
  'ticket.boarded': { lane: 'ev', tv: 1, body: moved.extend({ printSeq: z.int().min(0), late: z.boolean() }) },
  'ticket.unboarded': { lane: 'ev', tv: 1, body: moved },
  'ticket.forfeited': { lane: 'ev', tv: 1, body: moved },
  /** Cash handed to the passenger for a refund, wherever the ticket's home is. */
  'payout.made': {
    lane: 'ev',
    tv: 1,
    body: z.object({
      payoutId: id,
      orderId,
      ticketNo,
      amountFen: fen,
      method: payMethod,
      shiftId: z.string().max(40).nullable(),
      at,
      bizDate: z.string().regex(/^\d{8}$/),
    }),
  },
  'shift.closed': {
    lane: 'ev',
    tv: 1,
    body: z.object({
      shiftId: id,
      clerk: z.string().max(40),
      openedAt: at,
      closedAt: at,
      bizDate: z.string().regex(/^\d{8}$/),
      expectedFen: z.int(),
      countedFen: z.int(),
    }),
  },

  /** Hub → station. Serials of a terminal, `first` … `first + count − 1`, never leased twice. */
  'numbers.leased': {
    lane: 'ev',
    tv: 1,
    body: z.object({
      terminal: z.string().regex(/^\d{3}$/),
      first: z.int().min(0).max(9_999_999),
      count: z.int().min(1).max(10_000),
    }),
  },
  'rules.activated': {
    lane: 'ev',
    tv: 1,
    body: z.object({ version: z.string().max(40), validFrom: at, validTo: at.nullable(), body: z.looseObject({}) }),
  },
  /** Standing order: how many seats of each trip of the line the hub gets when the trip is published, and tops up at `lowWater`. */
  'allotment.set': {
    lane: 'ev',
    tv: 1,
    body: z.object({ line: z.string().max(24), seats: z.int().min(0).max(80), lowWater: z.int().min(0).max(80) }),
  },
  /** Public SM2 keys that tickets are signed with, for the gates. */
  'ticket-key.certified': {
    lane: 'ev',
    tv: 1,
    body: z.object({
      keyNo: z.int().min(1).max(65535),
      owner: z.string().max(9),
      publicKey: z.string().regex(/^04[0-9a-f]{128}$/),
      revoked: z.boolean(),
    }),
  },
} as const satisfies Record<string, { lane: 'seat' | 'ev'; tv: number; since?: number; body: z.ZodType }>;

export type EventType = keyof typeof EVENTS;

/** The minor version that brought a type. */
export function sinceOf(type: EventType): number {
  const event = EVENTS[type];
  return 'since' in event ? event.since : 1;
}

export type EventBody<Type extends EventType> = z.infer<(typeof EVENTS)[Type]['body']>;
export type Lane = 'seat' | 'ev';
export type TicketBody = z.infer<typeof ticketBody>;
export type TripBody = z.infer<typeof tripBody>;
/** Who travels. Sealed at rest and on the wire. Synthetic in every fixture. */
export const person = z.object({
  name: z.string().min(1).max(40),
  idType: z.string().min(1).max(24),
  idNo: z.string().min(1).max(32),
  phone: z.string().max(20).optional(),
});
export type Person = z.infer<typeof person>;
