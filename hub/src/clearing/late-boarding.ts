import { negated } from '@lianpiao/shared/domain/clear';
import { credit, debit, discrepancyAccount, journal, partyAccount } from '@lianpiao/shared/domain/journal';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { headFor } from '../ledger/open-period.ts';
import { isBooked, postJournal } from '../ledger/post-journal.ts';
import type { HubTx } from '../store/hub-store.ts';
import { bookClearings } from './clear-tickets.ts';
import { clearingsOf, insertClearing, liveClearing } from './clearing-rows.ts';
import { knowParties, partiesOf, splitTicket } from './split-ticket.ts';

export type BoardingFact = { readonly ticketNo: string; readonly bizDate: string };

/**
 * What a boarding changes in the books, where it comes late: a no-show that did board is reversed and cleared as travelled;
 * a ticket that its home had ended was carried all the same, and the boarding station answers for the fare.
 */
export async function bookBoarding(tx: HubTx, fact: BoardingFact, station: string, now: EpochMs): Promise<void> {
  const ticket = await findTicket(tx, fact.ticketNo);
  if (!ticket) return;
  if (isEnded(ticket.state as TicketState)) await bookCarriedAfterEnd(tx, ticket, fact, station, now);
  else await reclear(tx, ticket, fact, now);
}

/** 退检 of a ticket that had ended: the station no longer answers for it. */
export async function bookUnboarding(tx: HubTx, fact: BoardingFact, station: string, now: EpochMs): Promise<void> {
  const rows = await clearingsOf(tx, fact.ticketNo);
  const carried = rows.find((row) => row.kind === 'rodeEnded');
  if (!carried || rows.some((row) => row.kind === 'undoRodeEnded')) return;
  await bookAnswering(tx, { ...carried, kind: 'undoRodeEnded', parts: negated(carried.parts) }, fact, station, now);
}

async function reclear(tx: HubTx, ticket: TicketRow, fact: BoardingFact, now: EpochMs): Promise<void> {
  const live = await liveClearing(tx, ticket.ticketNo);
  const trip = live && (await findTrip(tx, ticket.tripId));
  if (!trip || live.kind === 'travelled') return;
  const split = await splitTicket(tx, trip, ticket, 'travelled');
  // Without a rule for it the no-show stands, and nothing is taken from anybody.
  if (!split.ok) return;
  const undo = { ...live, kind: 'undoNoShow' as const, parts: negated(live.parts) };
  const source = `ticket.boarded-late:${ticket.ticketNo}`;
  await bookClearings(
    tx,
    [undo, { ...live, ...split.value, kind: 'travelled' }],
    { source, originOn: fact.bizDate },
    now,
  );
}

/** Once a ticket: boarded, taken back and boarded again it is a person's to look at. */
async function bookCarriedAfterEnd(
  tx: HubTx,
  ticket: TicketRow,
  fact: BoardingFact,
  station: string,
  now: EpochMs,
): Promise<void> {
  const { ticketNo, tripId, fromStop } = ticket;
  const trip = await findTrip(tx, tripId);
  const split = trip && (await splitTicket(tx, trip, ticket, 'travelled'));
  if (!trip || !split?.ok || (await isBooked(tx, `ticket.rodeEnded:${ticketNo}`))) return;
  await knowParties(tx, partiesOf(trip, ticket));
  await bookAnswering(tx, { ticketNo, kind: 'rodeEnded', tripId, stop: fromStop, ...split.value }, fact, station, now);
}

async function bookAnswering(
  tx: HubTx,
  row: Parameters<typeof insertClearing>[1],
  fact: BoardingFact,
  station: string,
  now: EpochMs,
): Promise<void> {
  const { ruleVersion, parts } = row;
  const source = `ticket.${row.kind}:${row.ticketNo}`;
  const head = await headFor(tx, { source, originOn: fact.bizDate, ruleVersion }, now);
  const shares = parts.flatMap(({ party, amountFen }) => [
    debit(discrepancyAccount(station), amountFen),
    credit(partyAccount(party), amountFen),
  ]);
  const { seq } = await postJournal(tx, journal(head, shares), now);
  await insertClearing(tx, row, seq);
}
