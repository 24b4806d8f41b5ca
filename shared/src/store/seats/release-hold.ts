import { and, eq } from 'drizzle-orm';
import { invariant } from '../../domain/invariant.ts';
import { legsBetween } from '../../domain/legs.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { release } from './seat-rows.ts';

const end = statement((db, t: SharedTables) =>
  db
    .update(t.holds)
    .set({ state: value('state') as never })
    .where(and(eq(t.holds.holdId, value('holdId')), eq(t.holds.state, 'held')))
    .returning({ tripId: t.holds.tripId, from: t.holds.fromStop, to: t.holds.toStop, seats: t.holds.seats }),
);

/** Gives the seats of a live hold back. False when the hold is not live: released, expired, sold, or never made. */
export async function releaseHold(
  tx: Tx<SharedTables>,
  holdId: string,
  state: 'released' | 'expired',
): Promise<boolean> {
  const [hold] = await end(tx, { holdId, state });
  if (!hold) return false;
  const legs = legsBetween(hold.from, hold.to);
  for (const seat of JSON.parse(hold.seats) as string[]) {
    const changed = await release(tx, { tripId: hold.tripId, seat, legs });
    invariant(changed === 1, 'a live hold holds its seats', { holdId, seat });
  }
  return true;
}
