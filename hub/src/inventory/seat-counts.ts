import { covers, type LegMask } from '@lianpiao/shared/domain/legs';
import { PSEUDO_POSITION } from '@lianpiao/shared/domain/pseudo-seats';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/**
 * So many seats of a trip whose owned and whose free legs are the same, and the next such group: most of a coach is sold
 * alike, so there is mostly one. Null ends the chain.
 */
export type SeatCounts = {
  readonly mine: LegMask;
  readonly free: LegMask;
  readonly count: number;
  readonly next: SeatCounts;
} | null;

const freeLegs = ({ seats }: HubTables) =>
  sql<number>`${seats.mine} & ~(${seats.held} | ${seats.sold} | ${seats.freed} | ${seats.blocked})`;
const groups = (t: HubTables) => ({
  mine: t.seats.mine,
  free: freeLegs(t).as('free'),
  count: sql<number>`count(*)`.as('count'),
});

const ofTrip = statement((db, t: HubTables) =>
  db
    .select(groups(t))
    .from(t.seats)
    .where(and(eq(t.seats.tripId, value('tripId')), lt(t.seats.position, PSEUDO_POSITION)))
    .groupBy(t.seats.mine, freeLegs(t)),
);

/** The seats that the hub has on a trip. */
export async function seatCountsOf(on: HubReader, tripId: string): Promise<SeatCounts> {
  return (await ofTrip(on, { tripId })).reduce<SeatCounts>(chained, null);
}

/** The seats that the hub has on some trips; none for trips that are not in the answer. */
export async function readSeatCounts(on: HubReader, tripIds: readonly string[]): Promise<Map<string, SeatCounts>> {
  const { seats } = on.t;
  const rows = await on.db
    .select({ tripId: seats.tripId, ...groups(on.t) })
    .from(seats)
    .where(and(inArray(seats.tripId, [...tripIds]), lt(seats.position, PSEUDO_POSITION)))
    .groupBy(seats.tripId, seats.mine, freeLegs(on.t));
  const byTrip = new Map<string, SeatCounts>();
  for (const row of rows) byTrip.set(row.tripId, chained(byTrip.get(row.tripId) ?? null, row));
  return byTrip;
}

/** How many seats cover the whole ride with their legs: owned ones, or free ones. */
export function seatsFor(counts: SeatCounts, which: 'mine' | 'free', legs: LegMask): number {
  let seats = 0;
  for (let group = counts; group; group = group.next) if (covers(group[which], legs)) seats += group.count;
  return seats;
}

function chained(next: SeatCounts, row: { readonly mine: number; readonly free: number; readonly count: number }) {
  return { mine: row.mine as LegMask, free: row.free as LegMask, count: row.count, next };
}
