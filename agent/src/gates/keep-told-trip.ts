import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import { NotUnderstood } from '@lianpiao/shared/link/facts';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { know, place } from '@lianpiao/shared/store/seats/seat-rows';
import { tripOfBody } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { StopDirectory } from '../legacy/stop-directory.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { pinyinOf } from '../trips/stop-pinyin.ts';

/**
 * A trip of another origin that calls here: kept for counter and gate, and changed by its origin only. Its seats are
 * somebody else's until they are granted. A coach that has left here has left, whatever is still said about its trip.
 */
export async function keepToldTrip(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  fact: EventBody<'trip.told'>,
  directory: Pick<StopDirectory, 'byName'>,
): Promise<void> {
  if (fact.origin === station.code) return;
  const read = tripOfBody(fact);
  if (!read.ok) throw new NotUnderstood('fact.malformed', `"trip.told": ${read.refusal.code}`);
  const trip = read.value;
  const { tripId, epoch } = trip;
  const known = await findTrip(tx, tripId);
  await saveTrip(tx, trip);
  const { trips, stops } = tx.t;
  // Departed at the hub means departed somewhere; here the trip departs when its coach leaves this stop.
  const state = fact.state === 'departed' ? 'open' : fact.state;
  if (known?.state !== 'departed') await tx.db.update(trips).set({ state }).where(eq(trips.tripId, tripId));
  for (const [position, seat] of trip.seats.entries()) {
    await know(tx, { tripId, seat, position, epoch, mine: NO_LEGS });
    await place(tx, { tripId, seat, position });
  }
  for (const { code, name } of trip.stops) {
    await tx.db
      .insert(stops)
      .values({ code, name, ...pinyinOf(name, directory) })
      .onConflictDoNothing();
  }
}
