import type { SeatMove } from './epoch-map.ts';
import { atStops } from './epoch-map.ts';
import { type LegMask, meets, NO_LEGS, union, without } from './legs.ts';
import { isPseudoSeat } from './pseudo-seats.ts';

/**
 * What the maker of a map knows of legs of a seat, the most important first: a living ticket; a hold or a block; legs of
 * other parties, who may have sold them; free legs of its own.
 */
export const SEAT_USES = ['sold', 'held', 'away', 'free'] as const;
export type SeatUse = { readonly use: (typeof SEAT_USES)[number]; readonly legs: LegMask };

/** A seat of the old plan. `stays` where its label should be kept: a seat of the trip itself, not of one that is merged into it. */
export type OldSeat = {
  readonly trip: string;
  readonly seat: string;
  readonly stays: boolean;
  readonly uses: readonly SeatUse[];
  readonly stops?: readonly number[] | undefined;
};

export type OldMove = SeatMove & { readonly trip: string };

type Use = { readonly of: OldSeat; readonly rank: number; legs: LegMask };
const HELD = SEAT_USES.indexOf('held');

/**
 * The map that lets most passengers keep a seat. The seats that matter most come along whole: under the same label where
 * the new plan has it, else under the first label that is left. When seats are short, free legs of the station go first,
 * then legs of others, then holds; a ticket without a place is in no move, and its passenger is a matter for a person.
 *
 * Pseudo-seats of `plan` are filled from pseudo-seats and seats from seats: a passenger and a child's place are never swapped.
 */
export function makeEpochMap(old: readonly OldSeat[], plan: readonly string[]): OldMove[] {
  return [false, true].flatMap((pseudo) =>
    mapAlike(
      old.filter(({ seat }) => isPseudoSeat(seat) === pseudo),
      plan.filter((label) => isPseudoSeat(label) === pseudo),
    ),
  );
}

function mapAlike(old: readonly OldSeat[], plan: readonly string[]): OldMove[] {
  const inOrder = old
    .filter(({ uses }) => uses.length > 0)
    .map((seat) => ({ seat, rank: Math.min(...seat.uses.map(({ use }) => SEAT_USES.indexOf(use))) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ seat }) => seat);
  const taken = new Map<string, Use[]>();
  const coming = inOrder.slice(0, plan.length);
  const unplaced: OldSeat[] = [];
  for (const seat of [...coming.filter(({ stays }) => stays), ...coming.filter(({ stays }) => !stays)]) {
    if (plan.includes(seat.seat) && !taken.has(seat.seat)) taken.set(seat.seat, usesOf(seat));
    else unplaced.push(seat);
  }
  for (const seat of unplaced) taken.set(plan.find((label) => !taken.has(label))!, usesOf(seat));

  const waiting = inOrder.slice(plan.length).flatMap(usesOf);
  for (const rank of [0, HELD, HELD + 1])
    for (let next = take(waiting, rank); next; next = take(waiting, rank)) squeezeIn(next, plan, taken, waiting);
  return movesOf(taken);
}

function usesOf(of: OldSeat): Use[] {
  return of.uses.map(({ use, legs }) => ({ of, rank: SEAT_USES.indexOf(use), legs }));
}

function take(waiting: Use[], rank: number): Use | undefined {
  const index = waiting.findIndex((use) => use.rank === rank);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/** Puts a use where only less important ones are in the way, the least important possible. They make room. */
function squeezeIn(use: Use, plan: readonly string[], taken: Map<string, Use[]>, waiting: Use[]): void {
  const there = legsAt(use);
  const inTheWay = (label: string) => (taken.get(label) ?? []).filter((other) => meets(legsAt(other), there));
  let best: { readonly label: string; readonly rank: number } | undefined;
  for (const label of plan) {
    const rank = Math.min(...inTheWay(label).map((other) => other.rank), SEAT_USES.length);
    if (rank > use.rank && rank > (best?.rank ?? -1)) best = { label, rank };
  }
  if (!best) return;
  const before = taken.get(best.label) ?? [];
  const stay = before.filter((other) => !meets(legsAt(other), there));
  for (const other of inTheWay(best.label)) {
    if (other.rank === HELD) waiting.push(other);
    else stay.push(...shrunk(other, there));
  }
  taken.set(best.label, [...stay, use]);
}

/** What is left of free legs, or of another party's, when a passenger needs some of them. */
function shrunk(use: Use, needed: LegMask): Use[] {
  let left = NO_LEGS;
  let rest = use.legs;
  for (let leg = 0; rest !== NO_LEGS; leg += 1) {
    const here = (2 ** leg) as LegMask;
    if (!meets(rest, here)) continue;
    rest = without(rest, here);
    if (!meets(atStops(here, use.of.stops), needed)) left = union(left, here);
  }
  return left === NO_LEGS ? [] : [{ ...use, legs: left }];
}

function legsAt({ legs, of }: Use): LegMask {
  return atStops(legs, of.stops);
}

function movesOf(taken: ReadonlyMap<string, readonly Use[]>): OldMove[] {
  const moves = new Map<string, OldMove>();
  for (const [to, uses] of taken) {
    for (const { of, legs } of uses) {
      const key = `${of.trip} ${of.seat} ${to}`;
      const known = moves.get(key)?.legs ?? NO_LEGS;
      moves.set(key, { trip: of.trip, seat: of.seat, legs: union(known, legs), to });
    }
  }
  return [...moves.values()];
}
