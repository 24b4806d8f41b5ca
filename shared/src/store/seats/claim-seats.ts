import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { legsBetween } from '../../domain/legs.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { isPseudoSeat } from '../../domain/pseudo-seats.ts';
import { bestFit } from '../../domain/seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { releaseHold } from './release-hold.ts';
import { claim, seatsOfTrip } from './seat-rows.ts';

export type SeatClaim = {
  readonly holdId: string;
  readonly tripId: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Chosen by the caller; else the most occupied seats that still fit. */
  readonly seats?: readonly string[] | undefined;
  readonly caller: string;
  /** Seats that the caller may hold unsold, these included. Without it nothing is counted: paid seats are claimed anew. */
  readonly callerSeatsMax?: number;
  readonly expiresAt: EpochMs;
};

export type SeatRefusal =
  | { readonly code: 'seat.taken'; readonly seat: string }
  | { readonly code: 'seat.sold-out'; readonly tripId: string; readonly wanted: number }
  | { readonly code: 'hold.too-many'; readonly held: number; readonly max: number };

const insert = statement((db, t: SharedTables) =>
  db.insert(t.holds).values({
    holdId: value('holdId'),
    tripId: value('tripId'),
    fromStop: value('from'),
    toStop: value('to'),
    seats: value('seats'),
    state: 'held',
    expiresAt: value('expiresAt'),
    caller: value('caller'),
    madeAt: value('now'),
  }),
);

const due = statement((db, t: SharedTables) =>
  db
    .select({ holdId: t.holds.holdId })
    .from(t.holds)
    .where(
      and(sql`${t.holds.state} = 'held'`, lte(t.holds.expiresAt, value('now')), eq(t.holds.tripId, value('tripId'))),
    ),
);

const heldBy = statement((db, t: SharedTables) =>
  db
    .select({ seats: sql<number>`coalesce(sum(json_array_length(${t.holds.seats})), 0)` })
    .from(t.holds)
    .where(
      and(sql`${t.holds.state} = 'held'`, eq(t.holds.caller, value('caller')), gt(t.holds.expiresAt, value('now'))),
    ),
);

/**
 * Holds seats that this party owns, until `expiresAt` by its own clock. Seats whose hold has ended are free: they are
 * taken back here, so that nobody waits for a sweep. A caller at its limit holds no more, on whichever trip.
 */
export async function claimSeats(
  tx: Tx<SharedTables>,
  wanted: SeatClaim,
  now: EpochMs,
): Promise<Outcome<readonly string[], SeatRefusal>> {
  for (const { holdId } of await due(tx, { now, tripId: wanted.tripId })) await releaseHold(tx, holdId, 'expired');

  const legs = legsBetween(wanted.from, wanted.to);
  const seats =
    wanted.seats ?? bestFit(await seatsOfTrip(tx, wanted.tripId), legs, wanted.count).map(({ seat }) => seat);
  const noSeat = seats.find(isPseudoSeat);
  if (noSeat) return refuse({ code: 'seat.taken', seat: noSeat });
  if (seats.length < wanted.count)
    return refuse({ code: 'seat.sold-out', tripId: wanted.tripId, wanted: wanted.count });

  const max = wanted.callerSeatsMax;
  if (max !== undefined) {
    const [{ seats: held } = { seats: 0 }] = await heldBy(tx, { caller: wanted.caller, now });
    if (held + seats.length > max) return refuse({ code: 'hold.too-many', held, max });
  }
  for (const seat of seats) {
    const changed = await claim(tx, { tripId: wanted.tripId, seat, legs });
    if (changed === 0) return refuse({ code: 'seat.taken', seat });
  }
  const { holdId, tripId, from, to, expiresAt, caller } = wanted;
  await insert(tx, { holdId, tripId, from, to, seats: JSON.stringify(seats), expiresAt, caller, now });
  return done(seats);
}
