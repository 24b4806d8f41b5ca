import type { TicketState } from '../domain/ticket.ts';
import type { TicketBody } from '../protocol/events.ts';
import { bodyOf, type TicketRow } from '../store/tickets/ticket-rows.ts';
import { compare, type Difference } from './difference.ts';
import { statesOf, type TicketLife } from './ticket-lives.ts';
import type { TripRecords } from './trip-records.ts';

export type TicketBasis = {
  /** True where the streams that tell of this ticket are kept from their first row, so that it must stand in them. */
  readonly mustBeTold: (ticket: TicketRow) => boolean;
  /** States that come about without a fact: where nobody checks tickets, they count as travelled. */
  readonly untold: (ticket: TicketRow) => readonly TicketState[];
};

/** What changes in the life of a ticket, or is the gate's to fill in. */
const CHANGING: readonly string[] = ['printSeq', 'home'] satisfies (keyof TicketBody)[];

/** Each ticket row against the fold of its facts: there, the same ticket, and in the state that they end in. */
export function ticketDifferences({ tickets, lives }: TripRecords, basis: TicketBasis): Difference[] {
  const found: Difference[] = [];
  const rows = new Set(tickets.map(({ ticketNo }) => ticketNo));
  for (const [ticketNo, life] of lives)
    if (life.sold && !rows.has(ticketNo))
      found.push({ what: 'tickets.row', where: ticketNo, expected: statesOf(life)[0]!, found: null });
  for (const row of tickets) {
    const life = lives.get(row.ticketNo);
    if (life) found.push(...lifeDifferences(row, life, basis));
    else if (basis.mustBeTold(row))
      found.push({ what: 'tickets.untold', where: row.ticketNo, expected: null, found: row.state });
  }
  return found;
}

function lifeDifferences(row: TicketRow, life: TicketLife, basis: TicketBasis): Difference[] {
  const states = statesOf(life);
  const state = row.state as TicketState;
  const fits = states.includes(state) || basis.untold(row).includes(state);
  const found = fits ? [] : compare('tickets.state', row.ticketNo, states.join('|'), row.state);
  if (!life.sold) return found;
  const kept: Readonly<Record<string, unknown>> = bodyOf(row);
  for (const [field, value] of Object.entries(life.sold))
    if (!CHANGING.includes(field))
      found.push(...compare(`tickets.${field}`, row.ticketNo, shown(value), shown(kept[field])));
  return [...found, ...compare('tickets.rebookedFrom', row.ticketNo, life.rebookedFrom, row.rebookedFrom)];
}

function shown(value: unknown): string | number | null {
  return typeof value === 'number' || value === null ? value : String(value);
}
