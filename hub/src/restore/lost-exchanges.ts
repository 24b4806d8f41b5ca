import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { type ArrivedFact, applyFact } from '@lianpiao/shared/link/facts';
import { EVENTS } from '@lianpiao/shared/protocol/events';
import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { markUnsold } from '@lianpiao/shared/store/seats/mark-sold';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq } from 'drizzle-orm';
import { HUB, HUB_STATION, type Hub } from '../hub.ts';
import { writeNewTicket } from '../inventory/write-new-ticket.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { freezeFreed } from './withhold-seats.ts';

type Parts = Pick<Hub, 'persons' | 'money' | 'clock'>;
type Committed = ArrivedFact<'exchange.committed'>;

/** Key of `meta`, by the old ticket: its exchange came back from one station before its sale came back from another. */
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
  if (!old) return keepMeta(tx, EARLIER + ticketNo, JSON.stringify({ peer, seq } satisfies Where));
  const live = old.state === 'sold' || old.state === 'collected';
  if (live && (await moveTicket(tx, ticketNo, ['sold', 'collected'], 'rebooked', { endedAt: at })))
    await markUnsold(tx, old);
  const who = person && persons.open(person);
  const indexed = person && who ? { sealed: person, key: persons.find(who.idType, who.idNo) } : null;
  const sealed = person && personHash !== null ? { sealed: person, hash: personHash } : undefined;
  await writeNewTicket(tx, newTicket, { indexed, sealed }, ticketNo, clock.now());
  await money.ticketRebooked(tx, fact, { from: HUB, now: clock.now() });
  await freezeFreed(tx, old.tripId, clock.now());
  touchTrip(tx, old.tripId);
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
