import { allotmentOf, ordersByLine, quotaOf, shareOf } from '@lianpiao/shared/domain/allotment';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { statement, value } from '@lianpiao/shared/store/statement';
import { eq, sql } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** 票源 of a trip: seats that the hub gets by itself, and how few left for a ride make it ask for more. */
export type StandingOrder = {
  readonly seats: number;
  readonly lowWater: number;
  /** Seats that a channel may have sold or held; undefined where it has no quota. */
  readonly quotaOf: (channel: string) => number | undefined;
};

const byLine = statement((db, t: HubTables) =>
  db
    .select({ line: t.allotments.line, seats: t.allotments.seats, lowWater: t.allotments.lowWater })
    .from(t.allotments)
    .where(eq(t.allotments.station, value('station'))),
);

const lowered = statement((db, t: HubTables) =>
  db
    .select({ lowWater: t.loweredMarks.lowWater })
    .from(t.loweredMarks)
    .where(eq(t.loweredMarks.tripId, value('tripId'))),
);

const lower = statement((db, t: HubTables) =>
  db
    .insert(t.loweredMarks)
    .values({ tripId: value('tripId'), lowWater: value('lowWater') })
    .onConflictDoUpdate({ target: t.loweredMarks.tripId, set: { lowWater: sql`${value('lowWater')}` } }),
);

/** The hub's standing order for a trip: the dated rule that names it, else its station's for the line; undefined without any. */
export async function standingOrderFor(
  on: HubReader | HubTx,
  trip: Trip,
  now: EpochMs,
): Promise<StandingOrder | undefined> {
  const { allotments = [] } = await rulesAt(on, now);
  const order = allotmentOf(
    [...allotments, ...ordersByLine(trip.origin, await byLine(on, { station: trip.origin }))],
    trip,
  );
  if (!order) return undefined;
  const [mark] = await lowered(on, { tripId: trip.tripId });
  return {
    seats: shareOf(order, trip),
    lowWater: Math.min(order.lowWater, mark?.lowWater ?? order.lowWater),
    quotaOf: (channel) => quotaOf(order, trip, channel),
  };
}

/** Halves the mark of a trip whose seats nobody wanted: it asks later, and with nothing left at once as ever. */
export async function lowerMark(tx: HubTx, trip: Trip, now: EpochMs): Promise<void> {
  const order = await standingOrderFor(tx, trip, now);
  if (order) await lower(tx, { tripId: trip.tripId, lowWater: Math.floor(order.lowWater / 2) });
}
