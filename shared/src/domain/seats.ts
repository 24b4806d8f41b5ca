import { invariant } from './invariant.ts';
import { covers, type LegMask, legCount, meets, NO_LEGS, union, without } from './legs.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/**
 * One seat of one trip as one party keeps it: the legs it may give away and what became of them. Never what it believes
 * of the other party.
 *
 * `held`, `sold`, `freed` and `blocked` are claims: no two share a leg, and all lie in `mine`. A freed leg was sold,
 * boards at another party's gate, and waits for that gate's word before it may be sold again. `owed` are legs given
 * away that have not been received yet: that occurs only while a stream is played again after a restore.
 */
export type SeatState = {
  readonly seat: string;
  readonly mine: LegMask;
  readonly owed: LegMask;
  readonly held: LegMask;
  readonly sold: LegMask;
  readonly freed: LegMask;
  readonly blocked: LegMask;
};

export type SeatRefusal = {
  readonly code:
    | 'seat.taken'
    | 'seat.not-ours'
    | 'seat.not-held'
    | 'seat.not-sold'
    | 'seat.not-freed'
    | 'seat.not-blocked'
    | 'seat.ownership-broken';
  readonly seat: string;
};

/** A seat of which the party owns these legs and has claimed none: all legs at the origin, none elsewhere. */
export function newSeat(seat: string, mine: LegMask): SeatState {
  return { seat, mine, owed: NO_LEGS, held: NO_LEGS, sold: NO_LEGS, freed: NO_LEGS, blocked: NO_LEGS };
}

/** Legs that are not for sale although the party owns them. */
export function claimed(state: SeatState): LegMask {
  return union(union(state.held, state.sold), union(state.freed, state.blocked));
}

/** Legs that the party may give away now. */
export function free(state: SeatState): LegMask {
  return without(state.mine, claimed(state));
}

export function isFree(state: SeatState, legs: LegMask): boolean {
  return (
    covers(state.mine, legs) &&
    !meets(state.sold, legs) &&
    !meets(state.held, legs) &&
    !meets(state.freed, legs) &&
    !meets(state.blocked, legs)
  );
}

/** Number of seats that can be sold for the whole of these legs. */
export function remaining(seats: readonly SeatState[], legs: LegMask): number {
  return seats.reduce((count, state) => (isFree(state, legs) ? count + 1 : count), 0);
}

/**
 * Up to `count` seats for these legs: those that are fullest already, so that through seats stay whole; of equally full
 * ones those that come first in `seats`, which is in the order of the seat plan.
 */
export function bestFit<Seat extends SeatState>(seats: readonly Seat[], legs: LegMask, count: number): Seat[] {
  return seats
    .filter((state) => isFree(state, legs))
    .map((state) => ({ state, left: legCount(free(state)) }))
    .sort((a, b) => a.left - b.left)
    .slice(0, count)
    .map(({ state }) => state);
}

type Move = <Seat extends SeatState>(state: Seat, legs: LegMask) => Outcome<Seat, SeatRefusal>;

/** 锁座: claims free legs for a while. */
export const hold: Move = (state, legs) => claim(state, legs, 'held');

/** 解锁: gives held legs back. */
export const release: Move = (state, legs) => leave(state, legs, 'held', 'seat.not-held');

/** Sells what was held. */
export const sell: Move = (state, legs) => {
  const left = leave(state, legs, 'held', 'seat.not-held');
  return left.ok ? done({ ...left.value, sold: union(state.sold, legs) }) : left;
};

/** Sells free legs without a hold, as one statement of a counter does. */
export const sellFree: Move = (state, legs) => claim(state, legs, 'sold');

/** A ticket ended and its legs may be sold at once: it boards at this party's own gate. */
export const refund: Move = (state, legs) => leave(state, legs, 'sold', 'seat.not-sold');

/** A ticket ended that boards at another party's gate: its legs stay claimed until that gate knows. */
export const freeElsewhere: Move = (state, legs) => {
  const left = leave(state, legs, 'sold', 'seat.not-sold');
  return left.ok ? done({ ...left.value, freed: union(state.freed, legs) }) : left;
};

/** The other gate knows; the legs may be sold again. */
export const acknowledgeFreed: Move = (state, legs) => leave(state, legs, 'freed', 'seat.not-freed');

/** 留位, a broken seat, or a sale that a legacy system made on its own: takes free legs off sale. */
export const block: Move = (state, legs) => claim(state, legs, 'blocked');

export const unblock: Move = (state, legs) => leave(state, legs, 'blocked', 'seat.not-blocked');

/** The owner gives legs to another party. From here until they are received they belong to nobody. Claimed legs stay. */
export const grantAway: Move = (state, legs) => {
  someLegs(state, legs);
  const refusal = whyNot(state, legs);
  return refusal ? refuse(refusal) : done({ ...state, mine: without(state.mine, legs) });
};

/**
 * Counts a grant that this party once gave, while its stream is played again after a restore. Legs that are not here
 * yet are owed, for the grant that brought them may come later in the other stream. Owing a leg twice is a contradiction.
 */
export const replayGrantAway: Move = (state, legs) => {
  someLegs(state, legs);
  const missing = without(legs, state.mine);
  if (meets(state.owed, missing) || meets(claimed(state), legs)) return refuse(no('seat.ownership-broken', state));
  return done({ ...state, mine: without(state.mine, legs), owed: union(state.owed, missing) });
};

/**
 * Counts legs in that another party gave. An owed leg is settled and still not ours. A leg that is ours already was
 * given by somebody who did not own it: the stream that says so must stop.
 */
export const receiveGrant: Move = (state, legs) => {
  someLegs(state, legs);
  if (meets(state.mine, legs)) return refuse(no('seat.ownership-broken', state));
  return done({ ...state, mine: union(state.mine, without(legs, state.owed)), owed: without(state.owed, legs) });
};

type Claim = 'held' | 'sold' | 'freed' | 'blocked';

function claim<Seat extends SeatState>(state: Seat, legs: LegMask, as: Claim): Outcome<Seat, SeatRefusal> {
  someLegs(state, legs);
  const refusal = whyNot(state, legs);
  return refusal ? refuse(refusal) : done({ ...state, [as]: union(state[as], legs) });
}

function leave<Seat extends SeatState>(
  state: Seat,
  legs: LegMask,
  from: Claim,
  code: SeatRefusal['code'],
): Outcome<Seat, SeatRefusal> {
  someLegs(state, legs);
  if (!covers(state[from], legs)) return refuse(no(code, state));
  return done({ ...state, [from]: without(state[from], legs) });
}

/** Not owning comes first: what happens to a leg elsewhere is not this party's to tell. */
function whyNot(state: SeatState, legs: LegMask): SeatRefusal | null {
  if (!covers(state.mine, legs)) return no('seat.not-ours', state);
  return isFree(state, legs) ? null : no('seat.taken', state);
}

function no(code: SeatRefusal['code'], state: SeatState): SeatRefusal {
  return { code, seat: state.seat };
}

function someLegs(state: SeatState, legs: LegMask): void {
  invariant(legs !== NO_LEGS, 'a ride covers at least one leg', { seat: state.seat });
}
