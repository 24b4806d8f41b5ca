import { type EpochMs, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { Fault } from '@lianpiao/shared/fault';
import { tripDigest } from './plan/dated-trips.ts';
import type { LegacySource, SourceReading } from './port.ts';
import type { SetAside } from './set-aside.ts';

/**
 * Puts trips into the store: new ones and those that say something else than last time. Must bear to be called again
 * with the same trips, for a killed agent reads everything anew.
 */
export type ApplyTrips = (trips: readonly Trip[], setAside: readonly SetAside[]) => Promise<void>;

export type WatchOptions = {
  readonly source: LegacySource;
  readonly apply: ApplyTrips;
  readonly clock: { now(): EpochMs };
  /** Days ahead that are kept in the store, today included. */
  readonly windowDays: number;
  readonly zone: string;
};

/** What the last looks at the source came to, for the state screen and the doctor. */
export type SourceStatus = {
  readonly source: string;
  readonly readAt: EpochMs | null;
  /** Trips of the last reading, and how many of them were new or different. */
  readonly trips: number;
  readonly applied: number;
  /** Trips that earlier readings had for these days and the last one has not. They stay on sale: only a dispatcher suspends a trip. */
  readonly gone: readonly string[];
  readonly setAside: readonly SetAside[];
  readonly setAsideCount: number;
  readonly notes: readonly string[];
  readonly fault: { readonly code: string; readonly hint: string; readonly at: EpochMs } | null;
};

/** Most ids of vanished trips that are named; a legacy system in its nightly maintenance can look empty. */
const GONE_MAX = 500;

/**
 * Follows one source. Holds nothing that matters: what was applied is only remembered to save work, so the process may be
 * killed at any instruction.
 */
export class SourceWatch {
  readonly #options: WatchOptions;
  #applied = new Map<string, string>();
  #readOn: string | null = null;
  #digest: string | null = null;
  #status: SourceStatus;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { name } = options.source;
    this.#status = {
      source: name,
      readAt: null,
      trips: 0,
      applied: 0,
      gone: [],
      setAside: [],
      setAsideCount: 0,
      notes: [],
      fault: null,
    };
  }

  get status(): SourceStatus {
    return this.#status;
  }

  /** One look: reads when the source changed or a new day began, and applies what differs. Resolves to the number of trips applied. */
  async look(): Promise<number> {
    const { source, clock, zone } = this.#options;
    const now = clock.now();
    const today = serviceDateOf(now, zone);
    try {
      const changed = await source.changed(now);
      if (!changed && today === this.#readOn && this.#status.fault === null) return 0;
      const reading = await source.read({ from: today, days: this.#options.windowDays }, now);
      const applied = await this.#apply(reading, today);
      this.#readOn = today;
      this.#digest = reading.digest;
      return applied;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#status = { ...this.#status, fault: { code: error.code, hint: error.detail.hint, at: now } };
      return 0;
    }
  }

  async #apply(reading: SourceReading, today: ServiceDate): Promise<number> {
    const digests = new Map(reading.trips.map((trip) => [trip.tripId, tripDigest(trip)]));
    const fresh = reading.trips.filter((trip) => this.#applied.get(trip.tripId) !== digests.get(trip.tripId));
    if (fresh.length > 0 || reading.digest !== this.#digest) await this.#options.apply(fresh, reading.setAside);
    const gone = [...this.#applied.keys()].filter((tripId) => !digests.has(tripId) && dayOf(tripId) >= today);
    this.#applied = new Map([...gone.map((tripId) => [tripId, ''] as const), ...digests]);
    this.#status = {
      source: this.#options.source.name,
      readAt: reading.readAt,
      trips: reading.trips.length,
      applied: fresh.length,
      gone: gone.slice(0, GONE_MAX),
      setAside: reading.setAside,
      setAsideCount: reading.setAsideCount,
      notes: reading.notes,
      fault: null,
    };
    return fresh.length;
  }
}

/** The service date in a trip's id. */
function dayOf(tripId: string): string {
  return tripId.split('-')[1] ?? '';
}

/** Looks every `everyMs` until the signal aborts; the next look waits for the last one to end. A bug in a look ends the loop and rejects. */
export async function watchSource(watch: SourceWatch, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watch.look();
    await pause(everyMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
