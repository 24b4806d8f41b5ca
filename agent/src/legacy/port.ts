import type { EpochMs, ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { SetAside } from './set-aside.ts';

/** Service days to read: `days` of them from `from`, the first included. */
export type ServiceWindow = { readonly from: ServiceDate; readonly days: number };

/** A window is at most this long; sales open 15 days ahead, and a feed of years must not become a million rows. */
export const WINDOW_DAYS_MAX = 62;

/** One look at a legacy system: what it publishes for the window, and what of it cannot be used. */
export type SourceReading = {
  /** Complete trips, ready to be sold: stops, seats, fares. In the order of departure; `tripId` is unique. */
  readonly trips: readonly Trip[];
  /** The first entries of what stays out; `setAsideCount` counts all of them. */
  readonly setAside: readonly SetAside[];
  readonly setAsideCount: number;
  /** Codes of things that an operator should know and that cost no trip. */
  readonly notes: readonly string[];
  /** Equal for equal trips and equal set-aside rows, whatever the time of reading. */
  readonly digest: string;
  readonly readAt: EpochMs;
};

/**
 * A station's timetable, wherever it is kept.
 *
 * A reading is all or nothing: `read` gives the state of one moment or throws a `Fault` (folder gone, mapping invalid,
 * required file missing), and it never changes what it reads.
 */
export interface LegacySource {
  readonly name: string;
  read(window: ServiceWindow, now: EpochMs): Promise<SourceReading>;
  /** Cheap: does a new `read` have a chance to say something else than the last one? True before the first reading. */
  changed(now: EpochMs): Promise<boolean>;
}
