import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { Fault } from '@lianpiao/shared/fault';
import { epochOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray, like, ne } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { isRestoring } from '../restore/restore-waits.ts';
import type { HubReader } from '../store/hub-store.ts';
import { CannotApply } from './cannot-apply.ts';

/**
 * A ticket that a station speaks of. What another station sold may come later than what this one says of it: a gate boards by
 * the signed code, and a hub that was restored hears its stations again one after another. Such a fact waits, with what follows
 * it on its trip, until the sale has come.
 *
 * @throws Fault `ticket.not-told-yet`, and CannotApply where nobody is left who could tell of it.
 */
export async function toldTicket(on: HubReader, ticketNo: string, peer: string): Promise<TicketRow> {
  const row = await findTicket(on, ticketNo);
  if (row) return row;
  const issuer = issuerOf(ticketNo);
  const mayComeBack = issuer === HUB_STATION && (await isRestoring(on));
  if (issuer === peer || (issuer === HUB_STATION && !mayComeBack))
    throw new CannotApply('ticket.unknown', { ticketNo });
  throw notToldYet(ticketNo, issuer);
}

/**
 * True for a ticket that the hub itself sold and that went with its disk: no gate had been told of it.
 *
 * @throws Fault `ticket.not-told-yet` while a gate that was not heard yet may have been told.
 */
export async function isLostTicket(on: HubReader, ticketNo: string): Promise<boolean> {
  const mayBeLost = issuerOf(ticketNo) === HUB_STATION && (await hubIncarnation(on)) > 1;
  if (!mayBeLost || (await findTicket(on, ticketNo))) return false;
  if (await isRestoring(on)) throw notToldYet(ticketNo, HUB_STATION);
  return true;
}

/** What tells of a new ticket. On another trip it may still wait, for a plan or for somebody else's word. */
const SALES = ['ticket.sold', 'ticket.rebooked', 'ticket.exchanged'];

/**
 * True for a ticket whose sale went with a disk before anybody else heard of it, that of the station which speaks of it or
 * the hub's: the passenger has come to the gate with the paper.
 *
 * @throws Fault `ticket.not-told-yet` while the sale waits, or may still come back to a restored hub
 */
export async function isLostSale(on: HubReader, ticketNo: string, peer: string): Promise<boolean> {
  if (await isLostTicket(on, ticketNo)) return true;
  if (issuerOf(ticketNo) !== peer || (await findTicket(on, ticketNo))) return false;
  const { inbox } = on.t;
  const waiting = and(
    eq(inbox.peer, peer),
    ne(inbox.state, 'done'),
    inArray(inbox.type, SALES),
    like(inbox.fact, `%"ticketNo":"${ticketNo}"%`),
  );
  if ((await on.db.select({ seq: inbox.seq }).from(inbox).where(waiting).limit(1)).length > 0)
    throw notToldYet(ticketNo, peer);
  return true;
}

/** What the issuer of a ticket has yet to say: that it sold it, or that it has given its home away. */
export function notToldYet(ticketNo: string, issuer: string): Fault {
  return new Fault('ticket.not-told-yet', `station ${issuer} has not told of ticket ${ticketNo} yet`, {
    hint: '售票站的数据还没有传到中心：等它恢复联网后自动继续，不用处理。',
    retryable: true,
    facts: { ticketNo, issuer },
  });
}

/**
 * The trip that a ticket rides on. Lane `seat` runs ahead: its plans may have moved the ticket to a trip that lane `ev` has not
 * published yet.
 *
 * @throws Fault `trip.not-told-yet`
 */
export async function toldTrip(on: HubReader, tripId: string): Promise<KnownTrip> {
  const trip = await findTrip(on, tripId);
  if (trip) return trip;
  throw tripNotToldYet(`trip ${tripId} has not been published here yet`, { tripId });
}

/**
 * Lane `ev` ran ahead of the seat plan that it speaks of.
 *
 * @throws Fault `trip.not-told-yet`
 */
export async function toldPlan(on: HubReader, tripId: string, epoch: number): Promise<void> {
  const known = await epochOf(on, tripId);
  if (known < epoch) throw tripNotToldYet(`plan ${epoch} of trip ${tripId} has not come yet`, { tripId, epoch, known });
}

function tripNotToldYet(what: string, facts: Record<string, unknown>): Fault {
  return new Fault('trip.not-told-yet', what, {
    hint: '班次的数据还没有传到中心：等始发站恢复联网后自动继续，不用处理。',
    retryable: true,
    facts,
  });
}
