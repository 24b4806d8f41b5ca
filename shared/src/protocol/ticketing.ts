import { z } from 'zod';
import { channelName, fareType, payMethod } from './events.ts';

/**
 * Bodies of the ticket service (F1.1) as the agent offers it to counter, kiosk, gate and legacy software, and the hub to
 * its channels. The only definition: routes, OpenAPI documents, typed clients and screens use these schemas.
 *
 * Every mutating call carries an `Idempotency-Key` header: the same key and body give the same answer, another body is
 * refused with `call.key-reused`.
 */

/** Passenger insurance costs a few yuan; a fare typed into its field does not pass. */
const INSURANCE_FEN_MAX = 10_000;

const fen = z.int().min(0).max(1e11);
const at = z.int().min(0);
const tripId = z.string().regex(/^\d{9}-\d{8}-[A-Za-z0-9]{1,16}$/);
const ticketNo = z.string().regex(/^\d{20}$/);
const serviceDate = z.string().regex(/^\d{8}$/);
const seat = z.string().min(1).max(8);
const stopCode = z.string().regex(/^[A-Za-z0-9-]{1,24}$/);

/** A refusal or fault as `application/problem+json` (RFC 9457). `code` never changes with the language; `hint` is what to do next. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problem>;

/** A place that can be travelled to from here, for the destination search. */
export const destination = z.object({
  code: stopCode,
  name: z.string(),
  /** Full pinyin without tones and its initials: data of the stop, computed only where the source has none. */
  pinyin: z.string(),
  initials: z.string(),
  trips: z.int(),
  nextDepartsAt: at.nullable(),
});
export type Destination = z.infer<typeof destination>;

/** One trip as it can be bought between two of its stops. */
export const offer = z.object({
  tripId,
  tripNo: z.string(),
  serviceDate,
  departsAt: at,
  arrivesAt: at,
  /** `14:45`, in the trip's zone; past midnight `次日00:10` is the screen's business: here `24:10`. */
  departs: z.string(),
  from: z.int(),
  to: z.int(),
  fromName: z.string(),
  toName: z.string(),
  terminalName: z.string(),
  stopNames: z.array(z.string()),
  vehicleClass: z.string(),
  carrier: z.string(),
  gate: z.string(),
  kind: z.enum(['regular', 'extra']),
  nature: z.enum(['fixed', 'flow']),
  /** Free seats on the whole ride that this party owns, and that it has given to the other party (station ↔ hub). */
  remaining: z.int(),
  remainingElsewhere: z.int(),
  seats: z.int(),
  fullFen: fen,
  halfFen: fen,
  ceilingFen: fen.nullable(),
  km: z.int(),
  state: z.enum(['open', 'suspended', 'closed', 'departed', 'cancelled']),
});
export type Offer = z.infer<typeof offer>;

export const seatView = z.object({
  seat,
  state: z.enum(['free', 'part', 'held', 'sold', 'freed', 'blocked', 'elsewhere']),
});
export type SeatView = z.infer<typeof seatView>;

export const holdInput = z.object({
  tripId,
  from: z.int().min(0).max(47),
  to: z.int().min(1).max(48),
  count: z.int().min(1).max(5),
  seats: z.array(seat).max(5).optional(),
});
export type HoldInput = z.infer<typeof holdInput>;
export const held = z.object({
  holdId: z.string(),
  tripId,
  from: z.int(),
  to: z.int(),
  seats: z.array(seat),
  expiresAt: at,
  fullFen: fen,
  halfFen: fen,
});
export type Held = z.infer<typeof held>;

export const passengerInput = z.object({
  seat: seat.optional(),
  fareType: fareType.default('full'),
  name: z.string().trim().min(1).max(40),
  idType: z.string().min(1).max(24),
  idNo: z.string().min(1).max(32),
  phone: z.string().max(20).optional(),
});
export type PassengerInput = z.infer<typeof passengerInput>;

export const saleInput = z.object({
  holdId: z.string().min(1).max(64),
  passengers: z.array(passengerInput).min(1).max(10),
  payMethod: payMethod.default('cash'),
  /** What the passenger handed over, for the change; at least the total. */
  receivedFen: fen.optional(),
  insuranceFenEach: z.int().min(0).max(INSURANCE_FEN_MAX).default(0),
  print: z.boolean().default(true),
});
export type SaleInput = z.infer<typeof saleInput>;

export const ticketState = z.enum([
  'sold',
  'collected',
  'boarded',
  'departed',
  'refunded',
  'voided',
  'rebooked',
  'forfeited',
]);
/** A ticket as a screen shows it: the passenger is masked. */
export const ticketView = z.object({
  ticketNo,
  orderId: z.string(),
  tripId,
  tripNo: z.string(),
  serviceDate,
  departs: z.string(),
  departsAt: at,
  fromName: z.string(),
  toName: z.string(),
  from: z.int(),
  to: z.int(),
  seat,
  gate: z.string(),
  fareType,
  fareFen: fen,
  insuranceFen: fen,
  payMethod,
  channel: channelName,
  state: ticketState,
  home: z.string(),
  seller: z.string(),
  passenger: z.string(),
  idNo: z.string(),
  printSeq: z.int(),
  soldAt: at,
  clerk: z.string().nullable(),
});
export type TicketView = z.infer<typeof ticketView>;

export const sold = z.object({
  orderId: z.string(),
  tickets: z.array(ticketView),
  totalFen: fen,
  receivedFen: fen,
  changeFen: fen,
  printJobs: z.array(z.string()),
});
export type Sold = z.infer<typeof sold>;

export const orderView = z.object({
  orderId: z.string(),
  state: z.string(),
  channel: channelName,
  totalFen: fen,
  paidFen: fen,
  createdAt: at,
  confirmedAt: at.nullable(),
  expiresAt: at.nullable(),
  pickupCode: z.string().nullable(),
  tickets: z.array(ticketView),
});
export type OrderView = z.infer<typeof orderView>;

export const voided = z.object({ ticketNo, payoutFen: fen });
export const refundQuote = z.object({
  quoteId: z.string(),
  ticketNo,
  paidFen: fen,
  feeFen: fen,
  insuranceFen: fen,
  refundFen: fen,
  expiresAt: at,
  tier: z.string(),
});
export type RefundQuote = z.infer<typeof refundQuote>;
export const refundInput = z.object({ quoteId: z.string().min(1).max(64), overrule: z.string().max(40).optional() });
/** `paid`: hand the money over now. `pending`: the boarding station has not yet confirmed; pay when it has. */
export const refunded = z.object({
  ticketNo,
  refundFen: fen,
  feeFen: fen,
  payout: z.enum(['paid', 'pending', 'original']),
});
export type Refunded = z.infer<typeof refunded>;

export const rebookInput = z.object({
  tripId,
  from: z.int().min(0).max(47),
  to: z.int().min(1).max(48),
  seat: seat.optional(),
});
export const rebooked = z.object({ oldTicketNo: ticketNo, ticket: ticketView, differenceFen: z.int() });

/** Proof of who collects: the document that was used at purchase, or the pickup code of the order. */
export const pickupProof = z.union([
  z.object({ idType: z.string().min(1).max(24), idNo: z.string().min(1).max(32) }),
  z.object({ pickupCode: z.string().regex(/^\d{8,12}$/) }),
]);
export type PickupProof = z.infer<typeof pickupProof>;
export const pickupInput = z.object({ proof: pickupProof, ticketNos: z.array(ticketNo).min(1).max(10) });

/** What goes on paper: facts of the ticket with the signed code. Names are masked as the rules say. */
export const ticketPaper = ticketView.extend({
  qr: z.string(),
  carrier: z.string(),
  vehicleClass: z.string(),
  ceilingFen: fen.nullable(),
  sellerName: z.string(),
  stationName: z.string(),
  printedAt: at,
  stamp: z.string().optional(),
});
export type TicketPaper = z.infer<typeof ticketPaper>;
export const collected = z.object({ papers: z.array(ticketPaper), printJobs: z.array(z.string()) });
export type Collected = z.infer<typeof collected>;

/** At the gate: a scanned code, a ticket number, or the document. `tripId` is the trip that is boarding. */
export const boardInput = z.object({
  tripId,
  qr: z.string().max(400).optional(),
  ticketNo: ticketNo.optional(),
  idType: z.string().max(24).optional(),
  idNo: z.string().max(32).optional(),
});
export type BoardInput = z.infer<typeof boardInput>;
export const boarded = z.object({
  ticketNo,
  seat,
  passenger: z.string(),
  fareType,
  fromName: z.string(),
  toName: z.string(),
  offline: z.boolean(),
  boardedCount: z.int(),
  soldCount: z.int(),
});
export type Boarded = z.infer<typeof boarded>;

/** 中心清单: the hub sells no more from a stop. `differs`: the gate knows other passengers of the hub than the hub itself. */
export const hubList = z.object({ stop: z.int(), tickets: z.int(), differs: z.boolean(), at });
export type HubList = z.infer<typeof hubList>;

export const departInput = z.object({ vehicle: z.string().max(12).optional() });
export const departed = z.object({ tripId, boarded: z.int(), forfeited: z.int(), fareFen: fen, waybillNo: z.string() });
export type Departed = z.infer<typeof departed>;

/** The strip that is on every screen: how old the hub's last word is, what is queued, what may be sold. */
export const linkState = z.object({
  state: z.enum(['online', 'late', 'offline', 'stopped']),
  hubLastWordAt: at.nullable(),
  queued: z.int(),
  reason: z.string().nullable(),
  printer: z.object({ state: z.string(), waiting: z.int(), unknown: z.int() }),
  reader: z.object({ state: z.string() }),
  /** The station's time. `now` is corrected; `clock` is how wrong the machine's own is, nulls while nobody knows. */
  now: at,
  clock: z.object({
    offsetMs: z.int().nullable(),
    level: z.enum(['good', 'warning', 'amber', 'wrong']).nullable(),
  }),
});
export type LinkState = z.infer<typeof linkState>;
