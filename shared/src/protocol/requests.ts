import { z } from 'zod';
import { ticketBody } from './events.ts';
import { wireEvent } from './messages.ts';
import { orderView, pickupProof, refunded, refundQuote, ticketPaper, ticketView } from './ticketing.ts';

/**
 * Requests of the station link (station-link: requests): what the other side may refuse. The outcome of a yes that
 * changes something is also a fact on a stream.
 *
 * `mutates`: the id of the request is its idempotency key, the caller writes an intent before it asks, and the answer
 * is kept as long as the order, ticket or trip. The others may be asked again at will.
 */
const tripId = z.string().regex(/^\d{9}-\d{8}-[A-Za-z0-9]{1,16}$/);
const ticketNo = z.string().regex(/^\d{20}$/);
const id = z.string().min(1).max(64);
const chainHash = z.string().regex(/^[0-9a-f]{64}$/);

export const REQUESTS = {
  /** Hub → station: give me seats on this ride. A yes is followed by `seat.granted` facts on lane seat. */
  'seat.request': {
    mutates: true,
    body: z.object({
      tripId,
      from: z.int().min(0).max(47),
      to: z.int().min(1).max(48),
      count: z.int().min(1).max(20),
      seat: z.string().min(1).max(8).optional(),
    }),
    answer: z.object({ granted: z.int().min(0) }),
  },
  /** Origin station → hub: give me back seats on this ride. A yes is followed by `seat.granted` facts on lane seat. */
  'seat.recall': {
    mutates: true,
    body: z.object({
      tripId,
      from: z.int().min(0).max(47),
      to: z.int().min(1).max(48),
      count: z.int().min(1).max(20),
    }),
    answer: z.object({ granted: z.int().min(0) }),
  },
  /** Station → hub: tickets of the document's holder, masked. */
  'person.find': {
    mutates: false,
    body: z.object({ idType: z.string().min(1).max(24), idNo: z.string().min(1).max(32) }),
    answer: z.array(ticketView).max(50),
  },
  'order.find': { mutates: false, body: z.object({ pickupCode: z.string().regex(/^\d{8,12}$/) }), answer: orderView },
  /** Any → the ticket's home. */
  'ticket.view': { mutates: false, body: z.object({ ticketNo }), answer: ticketView },
  'ticket.quote': {
    mutates: false,
    /** `askedAt`: from the hub, for a refund that had to wait: when it was asked for, which fixes the tier. */
    body: z.object({ ticketNo, overrule: z.string().max(40).optional(), askedAt: z.int().min(0).optional() }),
    answer: refundQuote,
  },
  /** `payer`: the station that hands the money over, or the channel whose payment is returned. */
  'ticket.refund': {
    mutates: true,
    body: z.object({
      ticketNo,
      quoteId: id,
      payer: z.string().min(1).max(40),
      overrule: z.string().max(40).optional(),
    }),
    answer: refunded,
  },
  /**
   * 改签 across homes, from the station that has pinned the new seat: end the old ticket in favour of the new one. The home's yes
   * is the commit point of the exchange; its no is final, and a late repeat of the question is refused too. Not after
   * `notAfter`, by the home's corrected clock. `person`: who travels, sealed, as base64.
   */
  'ticket.rebook': {
    mutates: true,
    body: z.object({
      exchangeId: id,
      ticketNo,
      newTicket: ticketBody,
      newTrip: z.object({ lineCode: z.string().max(24), vehicleClass: z.string().max(24), departsAt: z.int().min(0) }),
      differenceFen: z.int(),
      notAfter: z.int().min(0),
    }),
    answer: z.object({ person: z.string().max(2000).nullable() }),
  },
  /** Hands out paper: facts of each ticket, passenger and signed code included, for whoever prints. */
  'ticket.collect': {
    mutates: true,
    body: z.object({
      ticketNos: z.array(ticketNo).min(1).max(10),
      proof: pickupProof,
      terminal: z.string().regex(/^\d{3}$/),
    }),
    answer: z.object({ papers: z.array(ticketPaper).min(1).max(10) }),
  },
  /** Station → hub: the keys of personal data of this month and the next two, over the authenticated link only. */
  'keys.person': {
    mutates: false,
    body: z.object({}),
    answer: z.array(z.object({ keyNo: z.int().min(200001).max(999912), secret: z.string().min(40).max(48) })).max(3),
  },
  /**
   * Both ways, from a side that was restored: your rows of the stream that I once sent you, from `from` on, as many as fit one
   * answer. `hash` is the chain after the last of them; no events means that there are no more.
   */
  'stream.back': {
    mutates: false,
    body: z.object({ lane: z.enum(['seat', 'ev']), from: z.int().min(1) }),
    answer: z.object({ events: z.array(wireEvent).max(100), hash: chainHash }),
  },
  /** Station → hub, on the way out of a fork: the chain of my stream at `seq` as you hold it, null where you do not; and where it ends. */
  'stream.hash': {
    mutates: false,
    body: z.object({ lane: z.enum(['seat', 'ev']), seq: z.int().min(0) }),
    answer: z.object({ hash: chainHash.nullable(), head: z.int().min(0) }),
  },
  /**
   * Station → hub, on the way out of fork `fork`: rows of my history from `from` on, which yours does not have, behind `prev`. The
   * hub keeps them as disputed, and a repeat changes nothing. Answers the sequence number up to which it has them.
   */
  'stream.dispute': {
    mutates: false,
    body: z.object({
      fork: z.int().min(1),
      lane: z.enum(['seat', 'ev']),
      from: z.int().min(1),
      prev: chainHash,
      events: z.array(wireEvent).min(1).max(100),
    }),
    answer: z.object({ kept: z.int().min(1) }),
  },
  /** Station → hub: the next MAC key, if the newest that it has is to be replaced. Encrypted to its ticket key (SM2, base64url). */
  'keys.mac': {
    mutates: false,
    body: z.object({ have: z.int().min(0).max(0xffff) }),
    answer: z.object({
      key: z.object({ keyNo: z.int().min(1).max(0xffff), sealed: z.string().min(1).max(1000) }).nullable(),
    }),
  },
  /**
   * What became of a mutating request. `never-seen` burns its key: the late original is refused. `ticketNos`: the tickets that it
   * was about, by which a restored hub finds out whom it may have passed it on to.
   */
  'intent.state': {
    mutates: true,
    body: z.object({ key: id, ticketNos: z.array(ticketNo).max(10).optional() }),
    answer: z.discriminatedUnion('state', [
      z.object({ state: z.literal('yes'), answer: z.json() }),
      z.object({ state: z.literal('never-seen') }),
    ]),
  },
} as const satisfies Record<string, { mutates: boolean; body: z.ZodType; answer: z.ZodType }>;

export type RequestKind = keyof typeof REQUESTS;
export type RequestBody<Kind extends RequestKind> = z.infer<(typeof REQUESTS)[Kind]['body']>;
export type RequestAnswer<Kind extends RequestKind> = z.infer<(typeof REQUESTS)[Kind]['answer']>;

/** The tickets that a request is about. */
export function ticketsIn(body: unknown): string[] {
  const parsed = z.object({ ticketNo: ticketNo.optional(), ticketNos: z.array(ticketNo).optional() }).safeParse(body);
  if (!parsed.success) return [];
  return [...(parsed.data.ticketNo === undefined ? [] : [parsed.data.ticketNo]), ...(parsed.data.ticketNos ?? [])];
}

export function isRequestKind(text: string): text is RequestKind {
  return Object.hasOwn(REQUESTS, text);
}
