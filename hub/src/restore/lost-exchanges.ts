import { fen } from '@lianpiao/shared/domain/money';
import { rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { type ArrivedFact, applyFact } from '@lianpiao/shared/link/facts';
import { EVENTS, type EventBody } from '@lianpiao/shared/protocol/events';
import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import { HUB, HUB_STATION, type Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { toldTrip } from '../inventory/told-yet.ts';
import { writeNewTicket } from '../inventory/write-new-ticket.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { endAsRebooked } from './end-as.ts';

type Parts = Pick<Hub, 'persons' | 'money' | 'clock'>;
type Committed = ArrivedFact<'exchange.committed'>;

/** Key of `meta`, by the old ticket: its exchange came back from one station before its sale or its trip came from another. */
const EARLIER = 'exchange-before-sale/';
/** The row of the outbox that holds the exchange. */
type Where = { readonly peer: string; readonly seq: number };

/** An exchange of the hub's own ticket that the hub has forgotten. That of a station's ticket is said again by that station. */
export async function bringExchangeBack(
  { persons, money, clock }: Parts,
  tx: HubTx,
  { fact, person, personHash, seq }: Committed,
  peer: string,
): Promise<void> {
  const { ticketNo, newTicket, at } = fact;
  if (issuerOf(ticketNo) !== HUB_STATION) return;
  const old = await findTicket(tx, ticketNo);
  if (!old || !(await findTrip(tx, old.tripId)))
    return keepMeta(tx, EARLIER + ticketNo, JSON.stringify({ peer, seq } satisfies Where));
  const { exchangeId = ticketNo, bizDate, by } = fact;
  await endAsRebooked(tx, old, { exchangeId, at, bizDate, by }, clock.now());
  const who = person && persons.open(person);
  const indexed = person && who ? { sealed: person, key: persons.find(who.idType, who.idNo) } : null;
  const sealed = person && personHash !== null ? { sealed: person, hash: personHash } : undefined;
  await writeNewTicket(tx, newTicket, { indexed, sealed }, ticketNo, clock.now());
  await money.ticketRebooked(tx, fact, { from: HUB, now: clock.now() });
}

/**
 * A station has made an exchange for which the hub, as the home of the old ticket, had said yes in the part that is lost, and of
 * which no fact had reached the station: the old ticket ends here as it had ended. The fee and difference are those of the rules.
 *
 * @throws Fault `trip.not-told-yet` while the trip of the old ticket is not back.
 */
export async function takeToldExchange(
  money: Hub['money'],
  tx: HubTx,
  { oldTicketNo, newTicket, exchangeId, at }: EventBody<'ticket.exchanged'>,
  now: EpochMs,
): Promise<void> {
  if ((await hubIncarnation(tx)) === 1) return;
  const old = await findTicket(tx, oldTicketNo);
  if (old?.home !== HUB) return;
  await toldTrip(tx, old.tripId);
  const [{ bizDate }, by] = [newTicket, newTicket.home];
  // Its end may have come back from its gate, which does not know for what it ended.
  if (old.state !== 'rebooked' && !(await endAsRebooked(tx, old, { exchangeId, at, bizDate, by }, now))) return;
  const { rebook } = await rulesAt(tx, at);
  const differenceFen = rebookDifference(fen(old.fareFen), fen(newTicket.fareFen), rebook);
  const moved = { ticketNo: oldTicketNo, tripId: old.tripId, at, bizDate: newTicket.bizDate, by: newTicket.home };
  await money.ticketRebooked(tx, { ...moved, newTicket, differenceFen, exchangeId }, { from: HUB, now });
}

/** A trip is known again: exchanges that had come back before it are made. */
export async function bringExchangesOfTripBack(parts: Parts, tx: HubTx, tripId: string): Promise<void> {
  const { tickets } = tx.t;
  const mine = and(eq(tickets.tripId, tripId), eq(tickets.home, HUB));
  for (const { ticketNo } of await tx.db.select({ ticketNo: tickets.ticketNo }).from(tickets).where(mine))
    await bringEarlierExchangeBack(parts, tx, ticketNo);
}

/** The sale of a ticket has come back whose exchange was there before it. */
export async function bringEarlierExchangeBack(parts: Parts, tx: HubTx, ticketNo: string): Promise<void> {
  const noted = await metaOf(tx, EARLIER + ticketNo);
  if (noted === undefined) return;
  await dropMeta(tx, EARLIER + ticketNo);
  const { peer, seq } = JSON.parse(noted) as Where;
  const { outbox } = tx.t;
  const { lane } = EVENTS['exchange.committed'];
  const there = and(eq(outbox.peer, peer), eq(outbox.lane, lane), eq(outbox.seq, seq));
  const [row] = await tx.db.select().from(outbox).where(there);
  const handlers = { 'exchange.committed': bringExchangeBack.bind(null, parts) };
  await applyFact<HubTables>(tx, handlers, row!);
}
