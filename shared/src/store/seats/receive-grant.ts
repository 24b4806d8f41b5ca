import { done, type Outcome, refuse } from '../../domain/outcome.ts';
import { isPseudoSeat, positionOf } from '../../domain/pseudo-seats.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import type { EventBody } from '../../protocol/events.ts';
import { planOf } from '../epochs/epoch-rows.ts';
import { type Place, placesNow } from '../epochs/seat-now.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { know, receive } from './seat-rows.ts';

/** Two owners of one leg: the lane stops and people are alarmed, because selling on would sell a seat twice. */
export type OwnershipBroken = {
  readonly code: 'seat.ownership-broken';
  readonly tripId: string;
  readonly seat: string;
};

const count = statement((db, t: SharedTables) =>
  db
    .insert(t.transfers)
    .values({
      transferId: value('transferId'),
      tripId: value('tripId'),
      seat: value('seat'),
      legs: value('legs'),
      peer: value('peer'),
      direction: 'received',
      at: value('now'),
      epoch: value('epoch'),
    })
    .onConflictDoNothing()
    .returning({ transferId: t.transfers.transferId }),
);

/** A seat that was never seen is placed behind the known ones; the trip's own plan puts it right when it comes. */
const POSITION_UNKNOWN = 999;

/**
 * Counts a grant once and makes its legs ours. Needs no trip row: a seat fact is applied by trip id. Legs of an older seat
 * plan are received where they are now; what a newer plan has dropped of them is lost. Returns where they are.
 */
export async function receiveGrant(
  tx: Tx<SharedTables>,
  peer: string,
  fact: EventBody<'seat.granted'>,
  now: EpochMs,
): Promise<Outcome<readonly Place[], OwnershipBroken>> {
  const { transferId, tripId, epoch, seat, legs } = fact;
  const fresh = await count(tx, { transferId, tripId, epoch, seat, legs, peer, now });
  if (fresh.length === 0) return done([]);
  const places = await placesNow(tx, fact);
  for (const place of places) {
    const plan = await planOf(tx, place.tripId);
    const position = isPseudoSeat(place.seat)
      ? positionOf(place.seat)
      : (plan?.seats.indexOf(place.seat) ?? POSITION_UNKNOWN);
    await know(tx, { tripId: place.tripId, seat: place.seat, position, epoch: plan?.epoch ?? epoch, mine: 0 });
    const changed = await receive(tx, place);
    if (changed !== 1) return refuse({ code: 'seat.ownership-broken', tripId: place.tripId, seat: place.seat });
  }
  return done(places);
}
