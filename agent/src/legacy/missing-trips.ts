import type { EpochMs } from '@lianpiao/shared/domain/service-day';

/** A trip that the source has named, and when it leaves its first stop. */
export type SeenTrip = { readonly tripId: string; readonly departsAt: EpochMs };

/** A day of which a reading lost more trips than a timetable change does: a torn export looks so. */
export type MissingTrips = {
  readonly day: string;
  /** Trips of the day that are still to leave, and how many of them the last reading did not have. */
  readonly had: number;
  readonly missing: number;
};

/** Days that lost more than `shareMax` of the trips that are still to leave. What has left may go from a timetable unasked. */
export function missingTrips(
  seen: Iterable<SeenTrip>,
  isRead: (tripId: string) => boolean,
  shareMax: number,
  now: EpochMs,
): MissingTrips[] {
  const days = new Map<string, { had: number; missing: number }>();
  for (const { tripId, departsAt } of seen) {
    if (departsAt <= now) continue;
    const day = dayOf(tripId);
    const counted = days.get(day) ?? { had: 0, missing: 0 };
    counted.had += 1;
    if (!isRead(tripId)) counted.missing += 1;
    days.set(day, counted);
  }
  return [...days]
    .filter(([, { had, missing }]) => missing > had * shareMax)
    .map(([day, counted]) => ({ day, ...counted }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** The service date in a trip's id. */
export function dayOf(tripId: string): string {
  return tripId.split('-')[1] ?? '';
}
