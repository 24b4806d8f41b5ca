import type { Trip } from '@lianpiao/shared/domain/trip';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, or, sql } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** 票源 of a line: seats of each trip that the hub gets by itself, and how few left make it ask for more. */
export type StandingOrder = { readonly seats: number; readonly lowWater: number };

const orders = statement((db, t: HubTables) =>
  db
    .select({ line: t.allotments.line, seats: t.allotments.seats, lowWater: t.allotments.lowWater })
    .from(t.allotments)
    .where(
      and(
        eq(t.allotments.station, value('station')),
        or(eq(t.allotments.line, value('line')), eq(t.allotments.line, sql`'*'`)),
      ),
    ),
);

/** The hub's standing order for a trip: its line's own, else the one for every line; undefined without any. */
export async function standingOrderFor(on: HubReader, trip: Trip): Promise<StandingOrder | undefined> {
  const found = await orders(on, { station: trip.origin, line: trip.lineCode });
  return found.find(({ line }) => line === trip.lineCode) ?? found[0];
}
