import { and, eq, gte, lt, sql } from 'drizzle-orm';
import { isPseudoSeat, PSEUDO_POSITION } from '../../domain/pseudo-seats.ts';
import type { SeatState } from '../../domain/seats.ts';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

const ofTrip = statement((db, t: SharedTables) =>
  db
    .select({
      seat: t.seats.seat,
      mine: t.seats.mine,
      owed: t.seats.owed,
      held: t.seats.held,
      sold: t.seats.sold,
      freed: t.seats.freed,
      blocked: t.seats.blocked,
    })
    .from(t.seats)
    .where(
      and(
        eq(t.seats.tripId, value('tripId')),
        gte(t.seats.position, value('from')),
        lt(t.seats.position, value('before')),
      ),
    )
    .orderBy(t.seats.position),
);

/** The seats of a trip that this party knows, in the order of the seat plan. */
export async function seatsOfTrip(on: Reader<SharedTables>, tripId: string): Promise<SeatState[]> {
  return (await ofTrip(on, { tripId, from: 0, before: PSEUDO_POSITION })) as unknown as SeatState[];
}

/** The pseudo-seats of a trip that this party knows. */
export async function placesOfTrip(on: Reader<SharedTables>, tripId: string): Promise<SeatState[]> {
  return (await ofTrip(on, { tripId, from: PSEUDO_POSITION, before: 2 * PSEUDO_POSITION })) as unknown as SeatState[];
}

/** What somebody with such a label may have instead: seats for a seat, places for a place. */
export function seatsAlike(on: Reader<SharedTables>, tripId: string, label: string): Promise<SeatState[]> {
  return isPseudoSeat(label) ? placesOfTrip(on, tripId) : seatsOfTrip(on, tripId);
}

const oneSeat = (t: SharedTables) => and(eq(t.seats.tripId, value('tripId')), eq(t.seats.seat, value('seat')));
const claimed = (t: SharedTables) => sql`(${t.seats.held} | ${t.seats.sold} | ${t.seats.freed} | ${t.seats.blocked})`;

/**
 * The guarded statements: each changes one row or none and says how many, and the condition stands in the WHERE clause, so that no two
 * callers can claim one leg, whatever they read before.
 */
export const claim = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ held: sql`${t.seats.held} | ${value('legs')}` })
    .where(
      and(
        oneSeat(t),
        sql`${claimed(t)} & ${value('legs')} = 0`,
        sql`${t.seats.mine} & ${value('legs')} = ${value('legs')}`,
      ),
    ),
);

export const release = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ held: sql`${t.seats.held} & ~${value('legs')}` })
    .where(and(oneSeat(t), sql`${t.seats.held} & ${value('legs')} = ${value('legs')}`)),
);

export const heldToSold = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ held: sql`${t.seats.held} & ~${value('legs')}`, sold: sql`${t.seats.sold} | ${value('legs')}` })
    .where(and(oneSeat(t), sql`${t.seats.held} & ${value('legs')} = ${value('legs')}`)),
);

export const soldToFree = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ sold: sql`${t.seats.sold} & ~${value('legs')}` })
    .where(and(oneSeat(t), sql`${t.seats.sold} & ${value('legs')} = ${value('legs')}`)),
);

export const soldToFreed = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ sold: sql`${t.seats.sold} & ~${value('legs')}`, freed: sql`${t.seats.freed} | ${value('legs')}` })
    .where(and(oneSeat(t), sql`${t.seats.sold} & ${value('legs')} = ${value('legs')}`)),
);

export const freedToFree = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ freed: sql`${t.seats.freed} & ~${value('legs')}` })
    .where(and(oneSeat(t), sql`${t.seats.freed} & ${value('legs')} = ${value('legs')}`)),
);

/** Only the owner gives away, and only what nobody has claimed. */
export const giveAway = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ mine: sql`${t.seats.mine} & ~${value('legs')}` })
    .where(
      and(
        oneSeat(t),
        sql`${claimed(t)} & ${value('legs')} = 0`,
        sql`${t.seats.mine} & ${value('legs')} = ${value('legs')}`,
      ),
    ),
);

/** Legs that were given to us: none of them may be ours already. */
export const receive = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({
      mine: sql`${t.seats.mine} | (${value('legs')} & ~${t.seats.owed})`,
      owed: sql`${t.seats.owed} & ~${value('legs')}`,
    })
    .where(and(oneSeat(t), sql`${t.seats.mine} & ${value('legs')} = 0`)),
);

export const know = statement((db, t: SharedTables) =>
  db
    .insert(t.seats)
    .values({
      tripId: value('tripId'),
      seat: value('seat'),
      position: value('position'),
      epoch: value('epoch'),
      mine: value('mine'),
      owed: 0,
      held: 0,
      sold: 0,
      freed: 0,
      blocked: 0,
    })
    .onConflictDoNothing(),
);

/** Puts a seat where the trip's plan has it: a grant may come before the plan that it belongs to. */
export const place = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ position: sql`${value('position')}` })
    .where(oneSeat(t)),
);
