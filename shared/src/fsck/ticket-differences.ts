import { holdsSeat, type TicketState } from '../domain/ticket.ts';
import type { TicketBody } from '../protocol/events.ts';
import type { SeatedIn } from '../store/epochs/seat-now.ts';
import { bodyOf, type TicketRow } from '../store/tickets/ticket-rows.ts';
import { compare, type Difference } from './difference.ts';
import { statesOf, type TicketLife } from './ticket-lives.ts';
import type { TripRecords } from './trip-records.ts';

export type TicketBasis = {
  /** The party that looks: a station's code, or the hub. */
  readonly party: string;
  /** True where the streams that tell of this ticket are kept from their first row, so that it must stand in them. */
  readonly mustBeTold: (ticket: TicketRow) => boolean;
  /** States that come about without a fact: where nobody checks tickets, they count as travelled. */
  readonly untold: (ticket: TicketRow) => readonly TicketState[];
  /** True for a passenger of the hub who may have been given another seat without a word: no gate had to hear it. */
  readonly seatedUntold: (ticket: TicketRow) => boolean;
  /** Who has the homes of that home now: the hub has those of a station that was retired, but not of tickets that had ended before. */
  readonly heir: (home: string, ticket: TicketRow) => readonly string[];
};

/** What is told more than once, or is the gate's to fill in. */
const CHANGING: readonly string[] = [
  'printSeq',
  'home',
  'tripId',
  'epoch',
  'seat',
  'legs',
  'from',
  'to',
] satisfies (keyof TicketBody)[];

/** Each ticket row against the fold of its facts: there, the same ticket, in the state, seat and home that they end in; and who has lost a seat is listed. */
export function ticketDifferences(records: TripRecords, basis: TicketBasis): Difference[] {
  const { tickets, lives } = records;
  const found: Difference[] = [];
  const rows = new Set(tickets.map(({ ticketNo }) => ticketNo));
  for (const [ticketNo, life] of lives)
    if (life.sold && !rows.has(ticketNo))
      found.push({ what: 'tickets.row', where: ticketNo, expected: statesOf(life)[0]!, found: null });
  for (const row of tickets) {
    const life = lives.get(row.ticketNo);
    if (life) found.push(...lifeDifferences(records, row, life, basis));
    else if (basis.mustBeTold(row))
      found.push({ what: 'tickets.untold', where: row.ticketNo, expected: null, found: row.state });
    found.push(...listed(records, row));
  }
  return found;
}

function lifeDifferences(records: TripRecords, row: TicketRow, life: TicketLife, basis: TicketBasis): Difference[] {
  const states = statesOf(life);
  const state = row.state as TicketState;
  const fits = states.includes(state) || basis.untold(row).includes(state);
  const found = fits ? [] : compare('tickets.state', row.ticketNo, states.join('|'), row.state);
  if (!life.sold) return found;
  const kept: Readonly<Record<string, unknown>> = bodyOf(row);
  for (const [field, value] of Object.entries(life.sold))
    if (!CHANGING.includes(field))
      found.push(...compare(`tickets.${field}`, row.ticketNo, shown(value), shown(kept[field])));
  if (!basis.seatedUntold(row)) {
    const wanted = seatText(records.plans.seatedNow(life.seated ?? life.sold));
    found.push(
      ...compare('tickets.seat', row.ticketNo, wanted, seatText({ ...row, from: row.fromStop, to: row.toStop })),
    );
  }
  return [
    ...found,
    ...homeDifferences(row, homeOf(life, life.sold.home, basis.party), basis),
    ...compare('tickets.rebookedFrom', row.ticketNo, life.rebookedFrom, row.rebookedFrom),
  ];
}

function homeDifferences(row: TicketRow, home: string, { heir }: TicketBasis): Difference[] {
  const homes = heir(home, row);
  return homes.includes(row.home) ? [] : compare('tickets.home', row.ticketNo, homes.join('|'), row.home);
}

/** The home that facts end in: a gate that the coach has left has none of the tickets that it was done with. */
function homeOf(life: TicketLife, first: string, party: string): string {
  const home = homeBeforeLeaving(life, first, party);
  return life.leftFrom.some((gate) => (gate ?? party) === home) ? 'hub' : home;
}

/** What this party gave away is under way until it, or the hub, is named as the home. */
function homeBeforeLeaving({ homesGiven, homesNamed }: TicketLife, first: string, party: string): string {
  const answers = homesNamed.filter((home) => home === party || home === 'hub');
  if (homesGiven.length > answers.length) return homesGiven.at(-1)!;
  return (homesGiven.length > 0 ? answers.at(-1) : homesNamed.at(-1)) ?? first;
}

/** A living ticket whose plan is over stands before a person. */
function listed({ plans, overflow }: TripRecords, row: TicketRow): Difference[] {
  const { ticketNo, tripId, epoch, state } = row;
  if (!holdsSeat(state as TicketState) || !plans.isOver(row)) return [];
  const isListed = overflow.some(
    (each) => each.ticketNo === ticketNo && each.tripId === tripId && each.epoch === epoch,
  );
  return isListed ? [] : [{ what: 'overflow.row', where: ticketNo, expected: `${tripId} ${epoch}`, found: null }];
}

function seatText({ tripId, epoch, seat, legs, from, to }: SeatedIn): string {
  return `${tripId} ${epoch} ${seat} ${legs} ${from}-${to}`;
}

function shown(value: unknown): string | number | null {
  return typeof value === 'number' || value === null ? value : String(value);
}
