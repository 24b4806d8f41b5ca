import { and, eq, ne } from 'drizzle-orm';
import { epochOf } from '../epochs/epoch-rows.ts';
import { type Place, placesNow } from '../epochs/seat-now.ts';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

type Reading = Reader<SharedTables>;

const ofTrip = statement((db, t: SharedTables) =>
  db
    .select({
      epoch: t.transfers.epoch,
      seat: t.transfers.seat,
      legs: t.transfers.legs,
      direction: t.transfers.direction,
    })
    .from(t.transfers)
    .where(eq(t.transfers.tripId, value('tripId'))),
);

const mergedInto = statement((db, t: SharedTables) =>
  db
    .select({ tripId: t.epochMaps.tripId })
    .from(t.epochMaps)
    .where(and(eq(t.epochMaps.target, value('tripId')), ne(t.epochMaps.tripId, value('tripId')))),
);

/** A grant of either direction, where its legs are in the plan in force. */
export type TransferNow = Place & { readonly direction: string };

/** True for a plan that this party has not heard of yet: its labels say nothing about the rows that are here. */
export async function isAhead(
  on: Reading,
  { tripId, epoch }: { readonly tripId: string; readonly epoch: number },
): Promise<boolean> {
  return epoch > (await epochOf(on, tripId));
}

/**
 * The grants of a trip and of those that were merged into it, in its plan in force. A plan gives each leg at most one new
 * place, so what is counted per leg stays the same. Grants of a plan that is still to come are left out until it has come.
 */
export async function transfersNow(on: Reading, tripId: string): Promise<TransferNow[]> {
  const found: TransferNow[] = [];
  for (const source of await sourcesOf(on, tripId)) {
    for (const row of await ofTrip(on, { tripId: source })) {
      const from = { ...row, tripId: source };
      if (await isAhead(on, from)) continue;
      for (const place of await placesNow(on, from))
        if (place.tripId === tripId) found.push({ ...place, direction: row.direction });
    }
  }
  return found;
}

/** A trip and all that were merged into it. */
export async function sourcesOf(on: Reading, tripId: string): Promise<string[]> {
  const sources = [tripId];
  for (const { tripId: merged } of await mergedInto(on, { tripId })) sources.push(...(await sourcesOf(on, merged)));
  return sources;
}
