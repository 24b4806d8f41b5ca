import { eq } from 'drizzle-orm';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

export type TripFinal = SharedTables['tripFinals']['$inferSelect'];

const ofTrip = statement((db, t: SharedTables) =>
  db
    .select({
      tripId: t.tripFinals.tripId,
      stop: t.tripFinals.stop,
      tickets: t.tripFinals.tickets,
      digest: t.tripFinals.digest,
      differs: t.tripFinals.differs,
      at: t.tripFinals.at,
    })
    .from(t.tripFinals)
    .where(eq(t.tripFinals.tripId, value('tripId'))),
);

/** The boarding stops of a trip at which the hub sells no more. */
export function finalsOf(on: Reader<SharedTables>, tripId: string): Promise<TripFinal[]> {
  return ofTrip(on, { tripId });
}

/** Notes the hub's last word about a stop. 0 rows when it has been noted before: the first word stands. */
export const noteFinal = statement((db, t: SharedTables) =>
  db
    .insert(t.tripFinals)
    .values({
      tripId: value('tripId'),
      stop: value('stop'),
      tickets: value('tickets'),
      digest: value('digest'),
      differs: value('differs'),
      at: value('at'),
    })
    .onConflictDoNothing(),
);
