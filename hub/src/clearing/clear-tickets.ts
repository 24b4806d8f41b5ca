import type { MatchRefusal } from '@lianpiao/shared/domain/clearing-rules';
import { foldClearing } from '@lianpiao/shared/domain/posting';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { bookedOn } from '../ledger/booked-on.ts';
import { headFor } from '../ledger/open-period.ts';
import { postJournal } from '../ledger/post-journal.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import { batchesOf, type ClearingRow, insertClearing } from './clearing-rows.ts';
import { knowParties, partiesOf, splitTicket } from './split-ticket.ts';

/** Tickets that left one stop of a trip, with why each of them clears. */
export type Departure = {
  readonly trip: Trip;
  readonly stop: number;
  /** Business date of the departure. */
  readonly originOn: string;
  readonly tickets: readonly { readonly ticket: TicketRow; readonly occasion: 'travelled' | 'noShow' }[];
};

/** A ticket without a rule: it stays unearned, with an alarm, until there is exactly one. */
export type Unclear = { readonly ticketNo: string; readonly refusal: MatchRefusal };
export type Cleared = { readonly cleared: number; readonly unclear: readonly Unclear[] };

/**
 * Clears tickets that have none of it yet: a row with the split each, and postings folded per trip and party, in the open
 * period. A ticket that comes later for the same departure makes a further journal.
 */
export async function clearTickets(tx: HubTx, departure: Departure, now: EpochMs): Promise<Cleared> {
  const { trip, stop, originOn } = departure;
  const rows: ClearingRow[] = [];
  const unclear: Unclear[] = [];
  for (const { ticket, occasion } of departure.tickets) {
    const split = await splitTicket(tx, trip, ticket, occasion);
    const { ticketNo } = ticket;
    if (!split.ok) {
      unclear.push({ ticketNo, refusal: split.refusal });
      await raiseAlarm(tx, split.refusal.code, ticketNo, trip.tripId, now);
      continue;
    }
    rows.push({ ticketNo, kind: occasion, tripId: trip.tripId, stop, ...split.value });
    await knowParties(tx, partiesOf(trip, ticket));
  }
  if (rows.length > 0) {
    const source = `trip.cleared:${trip.tripId}/${stop}/${await batchesOf(tx, trip.tripId, stop)}`;
    await bookClearings(tx, rows, { source, originOn }, now);
  }
  return { cleared: rows.length, unclear };
}

/** Books splits, or the opposite of earlier ones, and keeps a row of each beside its journal. */
export async function bookClearings(
  tx: HubTx,
  rows: readonly ClearingRow[],
  fact: { readonly source: string; readonly originOn: string },
  now: EpochMs,
): Promise<void> {
  const head = await headFor(tx, { ...fact, ruleVersion: null }, now);
  const booked = (await bookedOn(tx, rows)).map((account, index) => ({ account, row: rows[index]! }));
  for (const group of Map.groupBy(booked, ({ account }) => account.tripId).values()) {
    const accounts = group.map(({ account }) => account);
    for (const folded of foldClearing(head, accounts)) {
      const { seq } = await postJournal(tx, folded, now);
      for (const { row } of group) if (row.ruleVersion === folded.ruleVersion) await insertClearing(tx, row, seq);
    }
  }
}
