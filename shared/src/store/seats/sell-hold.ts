import { and, eq, gt } from 'drizzle-orm';
import { invariant } from '../../domain/invariant.ts';
import { type LegMask, legsBetween } from '../../domain/legs.ts';
import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { heldToSold } from './seat-rows.ts';

export type SoldHold = {
  readonly tripId: string;
  readonly from: number;
  readonly to: number;
  readonly seats: readonly string[];
  readonly legs: LegMask;
  /** Who made the hold. */
  readonly caller: string;
};
export type HoldRefusal = { readonly code: 'hold.ended'; readonly holdId: string };

const live = (t: SharedTables) =>
  and(eq(t.holds.holdId, value('holdId')), eq(t.holds.state, 'held'), gt(t.holds.expiresAt, value('now')));

const find = statement((db, t: SharedTables) =>
  db
    .select({
      tripId: t.holds.tripId,
      from: t.holds.fromStop,
      to: t.holds.toStop,
      seats: t.holds.seats,
      caller: t.holds.caller,
    })
    .from(t.holds)
    .where(live(t)),
);

const take = statement((db, t: SharedTables) => db.update(t.holds).set({ state: 'sold' }).where(live(t)));

/** Turns a live hold into sold seats, once. A hold ends by the owner's clock, whatever the caller believes. */
export async function sellHold(
  tx: Tx<SharedTables>,
  holdId: string,
  now: EpochMs,
): Promise<Outcome<SoldHold, HoldRefusal>> {
  const [hold] = await find(tx, { holdId, now });
  if (!hold || (await take(tx, { holdId, now })) === 0) return refuse({ code: 'hold.ended', holdId });
  const { tripId, from, to } = hold;
  const legs = legsBetween(from, to);
  const seats = JSON.parse(hold.seats) as string[];
  for (const seat of seats) {
    const changed = await heldToSold(tx, { tripId, seat, legs });
    invariant(changed === 1, 'a live hold holds its seats', { holdId, seat });
  }
  return done({ tripId, from, to, seats, legs, caller: hold.caller });
}
