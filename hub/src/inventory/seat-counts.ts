import { covers, type LegMask } from '@lianpiao/shared/domain/legs';
import { free, type SeatState } from '@lianpiao/shared/domain/seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { asc, inArray } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/** So many seats of a trip whose owned and whose free legs are the same: most of a coach is sold alike. */
export type SeatCount = { readonly mine: LegMask; readonly free: LegMask; readonly count: number };

/** The seats that the hub has on a trip. */
export async function seatCountsOf(on: HubReader, tripId: string): Promise<readonly SeatCount[]> {
  return counted(await seatsOfTrip(on, tripId));
}

/** The seats that the hub has on some trips; none for trips that are not in the answer. */
export async function readSeatCounts(on: HubReader, tripIds: readonly string[]): Promise<Map<string, SeatCount[]>> {
  const { seats } = on.t;
  const rows = await on.db
    .select()
    .from(seats)
    .where(inArray(seats.tripId, [...tripIds]))
    .orderBy(asc(seats.tripId));
  const byTrip = new Map<string, SeatState[]>();
  for (const row of rows) {
    const known = byTrip.get(row.tripId);
    if (known) known.push(row as unknown as SeatState);
    else byTrip.set(row.tripId, [row as unknown as SeatState]);
  }
  return new Map(Array.from(byTrip, ([tripId, states]) => [tripId, counted(states)]));
}

/** How many seats cover the whole ride with their legs: owned ones, or free ones. */
export function seatsFor(counts: readonly SeatCount[], which: 'mine' | 'free', legs: LegMask): number {
  let seats = 0;
  for (const each of counts) if (covers(each[which], legs)) seats += each.count;
  return seats;
}

function counted(states: readonly SeatState[]): SeatCount[] {
  const counts: { mine: LegMask; free: LegMask; count: number }[] = [];
  for (const state of states) {
    const left = free(state);
    const same = counts.find((each) => each.mine === state.mine && each.free === left);
    if (same) same.count += 1;
    else counts.push({ mine: state.mine, free: left, count: 1 });
  }
  return counts;
}
