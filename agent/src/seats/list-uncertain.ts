import type { LegMask } from '@lianpiao/shared/domain/legs';
import { asc, eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';

export type UncertainSeat = {
  readonly tripId: string;
  readonly tripNo: string;
  readonly serviceDate: string;
  readonly departsAt: number;
  readonly seat: string;
  readonly legs: LegMask;
  readonly since: number;
};

/** Seats that wait for a person after a restore, the next departure first. */
export async function listUncertain({ store }: Pick<Agent, 'store'>): Promise<UncertainSeat[]> {
  const { db, t } = store.read;
  const rows = await db
    .select({
      tripId: t.trips.tripId,
      tripNo: t.trips.tripNo,
      serviceDate: t.trips.serviceDate,
      departsAt: t.trips.departsAt,
      seat: t.uncertainSeats.seat,
      legs: t.uncertainSeats.legs,
      since: t.uncertainSeats.since,
    })
    .from(t.uncertainSeats)
    .innerJoin(t.trips, eq(t.trips.tripId, t.uncertainSeats.tripId))
    .orderBy(asc(t.trips.departsAt), asc(t.trips.tripId), asc(t.uncertainSeats.seat));
  return rows as UncertainSeat[];
}
