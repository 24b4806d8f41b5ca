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
import { isPseudoSeat, positionOf } from '../domain/pseudo-seats.ts';
import { isEnded, type TicketState } from '../domain/ticket.ts';
import type { TicketRow } from '../store/tickets/ticket-rows.ts';
import { tripOf } from '../store/trips/trip-rows.ts';
import { compare, type Difference } from './difference.ts';
import type { SeatRow, TransferRow, TripRecords } from './trip-records.ts';

/** Legs of one seat that somebody has a claim on. */
export type SeatLegs = { readonly seat: string; readonly legs: number };

/** What a ticket can have of its legs: sold, still claimed until the gate elsewhere has spoken, or nothing. */
export type Claim = 'sold' | 'freed' | 'none';

/** What the masks of a trip's seats follow from, at this party. */
export type SeatBasis = {
  /** Legs that were this party's before any grant, in the plan in force. */
  readonly initial: (seat: string) => LegMask;
  /** Seats and places of the plan that this party has a row of, whatever was granted. */
  readonly seats: readonly string[];
  /** Tickets whose seats this party keeps. */
  readonly keeps: (ticket: TicketRow) => boolean;
  /** What an ended one has of its legs; several where nobody has kept which. */
  readonly afterEnd: (ticket: TicketRow) => readonly Claim[];
  readonly blocked: readonly SeatLegs[];
  /** True while legs that were blocked may have turned out to be another's. */
  readonly blockedMayBeAway: boolean;
};

/**
 * The masks of each seat row against the grants, tickets and holds that they come from, each brought into the plan in force;
 * and no two claims on one leg.
 */
export function seatDifferences(records: TripRecords, basis: SeatBasis): Difference[] {
  const { tripId, seats, plans } = records;
  const transfers = records.transfers.flatMap((row) => plans.placesNow(row).map((place) => ({ ...row, ...place })));
  const transfersOf = Map.groupBy(transfers, ({ seat }) => seat);
  const claims = records.tickets.filter(basis.keeps).flatMap((ticket) => {
    const can = isEnded(ticket.state as TicketState) ? basis.afterEnd(ticket) : (['sold'] as const);
    return plans
      .placesNow(ticket)
      .map(({ seat, legs }): TicketClaim => ({ ticketNo: ticket.ticketNo, seat, legs, can }));
  });
  const claimsOf = Map.groupBy(claims, ({ seat }) => seat);
  const heldLegs = records.holds.flatMap(({ seats: held, fromStop, toStop }) =>
    (JSON.parse(held) as string[]).map((seat) => ({ seat, legs: legsBetween(fromStop, toStop) })),
  );
  const plan = plans.planOf(tripId) ?? planIn(records);
  const found: Difference[] = [];
  for (const row of seats) {
    const where = `${row.tripId} ${row.seat}`;
    if (row.tripId !== tripId) {
      found.push({ what: 'seats.row', where, expected: null, found: 'a row of a merged trip' });
      continue;
    }
    const here = claimsOf.get(row.seat) ?? [];
    found.push(...ownership(where, row, basis.initial(row.seat), transfersOf.get(row.seat) ?? []));
    found.push(...twoOnALeg(where, here));
    found.push(...claimed('sold', where, row.sold, here));
    found.push(...claimed('freed', where, row.freed, here));
    found.push(...compare('seats.held', where, legsOf(heldLegs, row.seat), row.held));
    found.push(...compare('seats.blocked', where, legsOf(basis.blocked, row.seat), row.blocked));
    found.push(...overlaps(where, row, basis.blockedMayBeAway));
    const position = isPseudoSeat(row.seat) ? positionOf(row.seat) : (plan?.indexOf(row.seat) ?? -1);
    if (position >= 0) found.push(...compare('seats.position', where, position, row.position));
  }
  const known = new Set(seats.filter((row) => row.tripId === tripId).map(({ seat }) => seat));
  const must = claims.filter(({ can }) => !can.includes('none'));
  const needed = [...must, ...heldLegs, ...basis.blocked].map(({ seat }) => seat);
  for (const seat of new Set([...basis.seats, ...ownedNow(basis, transfersOf), ...needed]))
    if (!known.has(seat)) found.push({ what: 'seats.row', where: `${tripId} ${seat}`, expected: 'a row', found: null });
  return found;
}

type TicketClaim = SeatLegs & { readonly ticketNo: string; readonly can: readonly Claim[] };

function planIn({ tripId, trips }: TripRecords): readonly string[] | undefined {
  const row = trips.find((trip) => trip.tripId === tripId);
  return row && tripOf(row).seats;
}

/** Seats that a row must stand for: a new plan drops the row of one that was received and given back. */
function ownedNow(basis: SeatBasis, transfersOf: ReadonlyMap<string, readonly Owned[]>): string[] {
  const none = { mine: NO_LEGS, owed: NO_LEGS };
  return [...transfersOf].flatMap(([seat, transfers]) =>
    ownership(seat, none, basis.initial(seat), transfers).length > 0 ? [seat] : [],
  );
}

type Owned = Pick<TransferRow, 'legs' | 'direction'>;

/** Ownership of a leg is a count: initial + received − given. 1 is mine, 0 is not, −1 is owed, anything else two owners. */
function ownership(
  where: string,
  row: Pick<SeatRow, 'mine' | 'owed'>,
  initial: LegMask,
  transfers: readonly Owned[],
): Difference[] {
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
  const [mine, owed] = [legsWhere((owned) => owned === 1), legsWhere((owned) => owned === -1)];
  const twice = legsWhere((owned) => Math.abs(owned) > 1);
  return [
    ...compare('seats.mine', where, mine, row.mine),
    ...compare('seats.owed', where, owed, row.owed),
    ...compare('transfers.two-owners', where, NO_LEGS, twice),
  ];
}

function twoOnALeg(where: string, claims: readonly TicketClaim[]): Difference[] {
  const found: Difference[] = [];
  let taken = NO_LEGS;
  for (const { ticketNo, legs, can } of claims) {
    if (can.includes('none')) continue;
    const twice = intersection(taken, legMask(legs));
    if (twice !== NO_LEGS)
      found.push({ what: 'tickets.two-on-a-leg', where: `${where} ${ticketNo}`, expected: 0, found: twice });
    taken = union(taken, legMask(legs));
  }
  return found;
}

/** One mask against the tickets that must have legs in it, and those that may. */
function claimed(mask: 'sold' | 'freed', where: string, kept: number, claims: readonly TicketClaim[]): Difference[] {
  const certain = claims.filter(({ can }) => can.length === 1 && can[0] === mask);
  const possible = claims.filter(({ can }) => can.length > 1 && can.includes(mask));
  const must = legsOfAll(certain);
  const may = intersection(without(legsOfAll(possible), must), legMask(kept));
  return compare(`seats.${mask}`, where, union(must, may), kept);
}

/** Claims share no leg, and only what is mine is claimed. */
function overlaps(
  where: string,
  { mine, held, sold, freed, blocked }: SeatRow,
  blockedMayBeAway: boolean,
): Difference[] {
  let [claimed, twice] = [NO_LEGS, NO_LEGS];
  for (const mask of [held, sold, freed, blocked] as LegMask[]) {
    twice = union(twice, intersection(claimed, mask));
    claimed = union(claimed, mask);
  }
  return [
    ...compare('seats.claimed-twice', where, NO_LEGS, twice),
    ...compare(
      'seats.claimed-not-owned',
      where,
      NO_LEGS,
      without(without(claimed, mine as LegMask), (blockedMayBeAway ? blocked : NO_LEGS) as LegMask),
    ),
  ];
}

function legsOf(all: readonly SeatLegs[], seat: string): LegMask {
  return legsOfAll(all.filter((each) => each.seat === seat));
}

function legsOfAll(all: readonly SeatLegs[]): LegMask {
  return all.reduce<LegMask>((legs, each) => union(legs, legMask(each.legs)), NO_LEGS);
}
