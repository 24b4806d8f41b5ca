import { z } from 'zod';
import { PLACES_MAX } from '../domain/pseudo-seats.ts';

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
const epoch = z.int().min(1);
/** domain/epoch-map. A seat plan has at most 80 seats, and a seat is cut into few pieces. */
const seatMoves = z.array(z.object({ seat: seatLabel, legs, to: seatLabel })).max(800);

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

/** Every state of a trip (domain/trip-states). */
const tripState = z.enum(['planned', 'open', 'closed', 'suspended', 'missed', 'departed', 'cancelled', 'merged']);

/** A passenger's new place, after the plan that had the old one is gone. */
const seated = z.object({
  ticketNo,
  tripId,
  epoch,
  seat: seatLabel,
  legs,
  from: z.int().min(0).max(48),
  to: z.int().min(1).max(48),
  at,
});
const moved = z.object({ ticketNo, tripId, at, bizDate: z.string().regex(/^\d{8}$/), by: z.string().max(40) });

/**
 * type → { from, lane, tv, since?, body }. `from` says who emits it: a station, the hub, or both. Lane `seat` is applied in order and never parks; `ev` is projected and may park its
 * aggregate. `since` is the minor version that brought the type, 1 if none is given: nobody sends a type of lane `seat` to a
 * peer of a lower one (store/peer-versions).
 */
export const EVENTS = {
  'seat.granted': {
    from: 'both',
    lane: 'seat',
    tv: 1,
    /** `forTicket`: a passenger without a seat, of whom the receiver is the home and who is to have these legs. */
    body: z.object({ transferId: id, tripId, epoch, seat: seatLabel, legs, forTicket: ticketNo.optional() }),
  },
  /**
   * Origin → hub → every gate along the line: from here on the trip has another seat plan. `moves` lead from the plan of the epoch
   * before; `joined` is a trip that ends and whose passengers come over. What is said of an older plan is translated.
   * `places` are the free children's places of the new plan (domain/pseudo-seats) by the origin's rules, whose moves stand
   * among the others; an origin that does not say how many leaves them as they are.
   */
  'trip.reseated': {
    from: 'both',
    lane: 'seat',
    tv: 1,
    since: 2,
    body: z.object({
      tripId,
      epoch: z.int().min(2),
      seats: z.array(seatLabel).min(1).max(80),
      places: z.int().min(0).max(PLACES_MAX).optional(),
      moves: seatMoves,
      reason: z.enum(['substituted', 'timetable', 'merged']),
      at,
      joined: z
        .object({ tripId, epoch, moves: seatMoves, stops: z.array(z.int().min(0).max(48)).min(2).max(49) })
        .optional(),
    }),
  },
  /** Hub → boarding station: a passenger of the hub who had lost the seat to a new plan has this one. */
  'hub-ticket.seated': { from: 'hub', lane: 'seat', tv: 1, since: 2, body: seated },
  /** Hub → boarding station: what the hub, or another station, sold for its gate and manifest. `home` says whose ticket it is. */
  'hub-ticket.sold': { from: 'hub', lane: 'seat', tv: 1, body: ticketBody },
  /** Hub → boarding station: the ticket is dead; the seat is free again once the station has acknowledged this. */
  'hub-ticket.freed': {
    from: 'hub',
    lane: 'seat',
    tv: 1,
    body: moved.extend({ state: z.enum(['refunded', 'voided', 'rebooked']) }),
  },
  /** Hub → boarding station: paper was handed out somewhere; a lower print sequence is no longer valid at the gate. */
  'hub-ticket.collected': { from: 'hub', lane: 'seat', tv: 1, body: moved.extend({ printSeq: z.int().min(1) }) },
  /**
   * Hub → station that boards there, else the origin: the hub sells no more from this stop. `digest` is of its living tickets
   * from there (store/tickets/hub-list), `tickets` how many they are; the grants of seats that it has left follow behind it.
   */
  'trip.final': {
    from: 'hub',
    lane: 'seat',
    tv: 1,
    since: 2,
    body: z.object({
      tripId,
      boardingStop: z.int().min(0).max(47),
      tickets: z.int().min(0),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      /** Seat plan that the digest was made in; without it, the first. */
      epoch: epoch.optional(),
      at,
    }),
  },

  /**
   * The gate that boards a ticket has heard that it is dead: gate → hub → the party that sold it. `seat`: `free` from then on;
   * `kept`, the list of its stop is printed or its coach has left, so it is not sold again; `boarded`, somebody rides on it.
   */
  'ticket.freedSeen': {
    from: 'both',
    lane: 'seat',
    tv: 1,
    since: 2,
    body: moved.extend({
      state: z.enum(['refunded', 'voided', 'rebooked']),
      seat: z.enum(['free', 'kept', 'boarded']),
    }),
  },
  /** Hub → station: from here on the ticket changes at `home` only, which may be this station or the hub. */
  'ticket.homed': {
    from: 'hub',
    lane: 'seat',
    tv: 1,
    since: 2,
    body: moved.extend({ home: z.string().min(1).max(9) }),
  },

  /**
   * Hub → coordinator of an exchange: the old ticket's home has ended it in favour of `newTicket`, which is the coordinator's.
   * The commit point of the exchange, said again to one that was restored from before.
   */
  'exchange.committed': {
    from: 'hub',
    lane: 'seat',
    tv: 1,
    since: 2,
    body: moved.extend({ newTicket: ticketBody, differenceFen: z.int(), exchangeId: id }),
  },

  'trip.published': { from: 'station', lane: 'ev', tv: 1, body: tripBody },
  /** Hub → station along the line whose gate boards passengers of another station's trip: the trip as it is now. */
  'trip.told': { from: 'hub', lane: 'ev', tv: 1, body: tripBody.extend({ state: tripState }) },
  'trip.suspended': { from: 'station', lane: 'ev', tv: 1, body: z.object({ tripId, at, reason: z.string().max(120) }) },
  'trip.departed': {
    from: 'station',
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
      /** The station's tickets that travelled from this stop, or were forfeited at it, change at the hub only from here on. */
      homes: z.literal('hub').optional(),
      /** The seat plan in which the coach left: it is told on lane `seat`, which may come later. */
      epoch: epoch.optional(),
    }),
  },
  'ticket.sold': { from: 'station', lane: 'ev', tv: 1, body: ticketBody },
  /** The home gave a passenger who had lost the seat to a new plan another one, on the trip that runs. */
  'ticket.seated': { from: 'station', lane: 'ev', tv: 1, since: 2, body: seated },
  'ticket.collected': { from: 'station', lane: 'ev', tv: 1, body: moved.extend({ printSeq: z.int().min(1) }) },
  'ticket.voided': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: moved.extend({ shiftId: z.string().max(40).nullable() }),
  },
  /** The home ended the ticket; the money is paid out by `payer` and booked when `payout.made` comes from there. */
  'ticket.refunded': {
    from: 'station',
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
  /** The old ticket's home ended it. With an `exchangeId` the new ticket's home is another station, which has its seat. */
  'ticket.rebooked': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: moved.extend({ newTicket: ticketBody, differenceFen: z.int(), exchangeId: id.optional() }),
  },
  /** The new ticket of an exchange is good: said by its home, in its own stream, which tells all that becomes of it. */
  'ticket.exchanged': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: z.object({ exchangeId: id, oldTicketNo: ticketNo, newTicket: ticketBody, at }),
  },
  'ticket.boarded': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: moved.extend({ printSeq: z.int().min(0), late: z.boolean() }),
  },
  'ticket.unboarded': { from: 'station', lane: 'ev', tv: 1, body: moved },
  /** A home gives its ticket to the station that boards it. It stands behind all that the old home did with the ticket. */
  'ticket.homeGiven': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    since: 2,
    body: moved.extend({ home: stationCode }),
  },
  'ticket.forfeited': { from: 'station', lane: 'ev', tv: 1, body: moved },
  /** Cash handed to the passenger for a refund, wherever the ticket's home is. */
  'payout.made': {
    from: 'station',
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
  /** Cash of an exchange in (+) or out (−) of a drawer, against what is due to the passenger of `ticketNo`, the old ticket. */
  'difference.moved': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: z.object({
      moveId: id,
      exchangeId: id,
      ticketNo,
      amountFen: z.int().min(-1e11).max(1e11),
      shiftId: z.string().max(40),
      at,
      bizDate: z.string().regex(/^\d{8}$/),
    }),
  },
  'shift.closed': {
    from: 'station',
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
  /**
   * The station's wall clock was set by `stepMs`, or is `offsetMs` behind the hub's, which is far. `at` is corrected, `wallAt`
   * what the wall clock showed; `offsetMs` is null while the station does not know it.
   */
  'clock.jump': {
    from: 'station',
    lane: 'ev',
    tv: 1,
    body: z.object({ at, wallAt: at, stepMs: z.int(), offsetMs: z.int().nullable() }),
  },

  /** Hub → station. Serials of a terminal, `first` … `first + count − 1`, never leased twice. */
  'numbers.leased': {
    from: 'hub',
    lane: 'ev',
    tv: 1,
    body: z.object({
      terminal: z.string().regex(/^\d{3}$/),
      first: z.int().min(0).max(9_999_999),
      count: z.int().min(1).max(10_000),
    }),
  },
  'rules.activated': {
    from: 'hub',
    lane: 'ev',
    tv: 1,
    body: z.object({ version: z.string().max(40), validFrom: at, validTo: at.nullable(), body: z.looseObject({}) }),
  },
  /** Standing order: how many seats of each trip of the line the hub gets when the trip is published, and tops up at `lowWater`. */
  'allotment.set': {
    from: 'hub',
    lane: 'ev',
    tv: 1,
    body: z.object({ line: z.string().max(24), seats: z.int().min(0).max(80), lowWater: z.int().min(0).max(80) }),
  },
  /** Public SM2 keys that tickets are signed with, for the gates. */
  'ticket-key.certified': {
    from: 'hub',
    lane: 'ev',
    tv: 1,
    body: z.object({
      keyNo: z.int().min(1).max(65535),
      owner: z.string().max(9),
      publicKey: z.string().regex(/^04[0-9a-f]{128}$/),
      revoked: z.boolean(),
    }),
  },
} as const satisfies Record<
  string,
  { from: 'station' | 'hub' | 'both'; lane: 'seat' | 'ev'; tv: number; since?: number; body: z.ZodType }
>;

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
