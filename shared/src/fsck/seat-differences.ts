import {
  intersection,
  LEGS_MAX,
  type LegMask,
  legMask,
  legsBetween,
  meets,
  NO_LEGS,
  union,
  without,
} from '../domain/legs.ts';
import { isEnded, type TicketState } from '../domain/ticket.ts';
import type { TicketRow } from '../store/tickets/ticket-rows.ts';
import { compare, type Difference } from './difference.ts';
import type { SeatRow, TransferRow, TripRecords } from './trip-records.ts';

/** Legs of one seat that somebody has a claim on. */
export type SeatLegs = { readonly seat: string; readonly legs: number };

/** What the masks of a trip's seats follow from, at this party. */
export type SeatBasis = {
  /** Legs that were this party's before any grant. */
  readonly initial: (seat: string) => LegMask;
  /** Tickets whose seats this party keeps, and whether an ended one still has its legs; `unknown` where nobody has kept that. */
  readonly keeps: (ticket: TicketRow) => boolean;
  readonly afterEnd: (ticket: TicketRow) => 'kept' | 'given back' | 'unknown';
  readonly freed: readonly SeatLegs[];
  readonly blocked: readonly SeatLegs[];
};

/** The masks of each seat row against the grants, tickets and holds that they come from; and no two claims on one leg. */
export function seatDifferences(records: TripRecords, basis: SeatBasis): Difference[] {
  const { tripId, seats, transfers, tickets, holds } = records;
  const transfersOf = Map.groupBy(transfers, ({ seat }) => seat);
  const kept = tickets.filter(basis.keeps);
  const ticketsOf = Map.groupBy(kept, ({ seat }) => seat);
  const heldLegs = holds.flatMap(({ seats: held, fromStop, toStop }) =>
    (JSON.parse(held) as string[]).map((seat) => ({ seat, legs: legsBetween(fromStop, toStop) })),
  );
  const found: Difference[] = [];
  for (const row of seats) {
    const where = `${tripId} ${row.seat}`;
    found.push(...ownership(where, row, basis.initial(row.seat), transfersOf.get(row.seat) ?? []));
    found.push(...soldMask(where, row, ticketsOf.get(row.seat) ?? [], basis));
    found.push(...compare('seats.held', where, legsOf(heldLegs, row.seat), row.held));
    found.push(...compare('seats.freed', where, legsOf(basis.freed, row.seat), row.freed));
    found.push(...compare('seats.blocked', where, legsOf(basis.blocked, row.seat), row.blocked));
    found.push(...overlaps(where, row));
  }
  const known = new Set(seats.map(({ seat }) => seat));
  const wanted = new Set([...transfersOf.keys(), ...ticketsOf.keys(), ...heldLegs.map(({ seat }) => seat)]);
  for (const seat of wanted)
    if (!known.has(seat)) found.push({ what: 'seats.row', where: `${tripId} ${seat}`, expected: 'a row', found: null });
  return found;
}

/** Ownership of a leg is a count: initial + received − given. 1 is mine, 0 is not, −1 is owed, anything else two owners. */
function ownership(where: string, row: SeatRow, initial: LegMask, transfers: readonly TransferRow[]): Difference[] {
  const counts: number[] = Array.from({ length: LEGS_MAX }, () => 0);
  const count = (mask: LegMask, by: number) => {
    for (let leg = 0; leg < LEGS_MAX; leg += 1) if (meets(mask, legsBetween(leg, leg + 1))) counts[leg]! += by;
  };
  count(initial, 1);
  for (const { legs, direction } of transfers) count(legMask(legs), direction === 'received' ? 1 : -1);
  const legsWhere = (wanted: (owned: number) => boolean) =>
    counts.reduce<LegMask>(
      (mask, owned, leg) => (wanted(owned) ? union(mask, legsBetween(leg, leg + 1)) : mask),
      NO_LEGS,
    );
  return [
    ...compare(
      'seats.mine',
      where,
      legsWhere((owned) => owned === 1),
      row.mine,
    ),
    ...compare(
      'seats.owed',
      where,
      legsWhere((owned) => owned === -1),
      row.owed,
    ),
    ...compare(
      'transfers.two-owners',
      where,
      NO_LEGS,
      legsWhere((owned) => Math.abs(owned) > 1),
    ),
  ];
}

function soldMask(where: string, row: SeatRow, tickets: readonly TicketRow[], basis: SeatBasis): Difference[] {
  const found: Difference[] = [];
  let [must, may] = [NO_LEGS, NO_LEGS];
  for (const ticket of tickets) {
    const legs = legMask(ticket.legs);
    const ended = isEnded(ticket.state as TicketState);
    const after = ended ? basis.afterEnd(ticket) : 'kept';
    if (after === 'unknown') may = union(may, legs);
    if (after !== 'kept') continue;
    const twice = intersection(must, legs);
    if (twice !== NO_LEGS)
      found.push({ what: 'tickets.two-on-a-leg', where: `${where} ${ticket.ticketNo}`, expected: 0, found: twice });
    must = union(must, legs);
  }
  const sold = row.sold as LegMask;
  const uncertain = intersection(without(may, must), sold);
  return [...found, ...compare('seats.sold', where, union(must, uncertain), row.sold)];
}

/** Claims share no leg, and only what is mine is claimed. */
function overlaps(where: string, { mine, held, sold, freed, blocked }: SeatRow): Difference[] {
  let [claimed, twice] = [NO_LEGS, NO_LEGS];
  for (const mask of [held, sold, freed, blocked] as LegMask[]) {
    twice = union(twice, intersection(claimed, mask));
    claimed = union(claimed, mask);
  }
  return [
    ...compare('seats.claimed-twice', where, NO_LEGS, twice),
    ...compare('seats.claimed-not-owned', where, NO_LEGS, without(claimed, mine as LegMask)),
  ];
}

function legsOf(all: readonly SeatLegs[], seat: string): LegMask {
  return all
    .filter((each) => each.seat === seat)
    .reduce<LegMask>((legs, each) => union(legs, legMask(each.legs)), NO_LEGS);
}
