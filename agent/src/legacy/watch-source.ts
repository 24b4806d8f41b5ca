import { type EpochMs, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { Fault } from '@lianpiao/shared/fault';
import { dayOf, type MissingTrips, missingTrips, type SeenTrip } from './missing-trips.ts';
import { tripDigest } from './plan/dated-trips.ts';
import type { LegacySource, SourceReading } from './port.ts';
import type { SetAside } from './set-aside.ts';

/**
 * Puts trips into the store: new ones and those that say something else than last time, and says which ones keep stops or
 * seats that differ from the source's. Must bear to be called again
 * with the same trips, for a killed agent reads everything anew.
 */
export type ApplyTrips = (
  trips: readonly Trip[],
  setAside: readonly SetAside[],
) => Promise<{ readonly kept: readonly string[] }>;

export type WatchOptions = {
  readonly source: LegacySource;
  readonly apply: ApplyTrips;
  readonly clock: { now(): EpochMs };
  /** Days ahead that are kept in the store, today included. */
  readonly windowDays: number;
  readonly zone: string;
  /** A day that loses more than this share of its trips is told to people. */
  readonly missingShareMax: number;
  /** Trips that the source has named before this process began. */
  readonly seen?: () => Promise<readonly SeenTrip[]>;
  /** Somebody has confirmed that these are gone. */
  readonly forget?: (tripIds: readonly string[]) => Promise<void>;
};

type Applied = { readonly digest: string; readonly departsAt: EpochMs };

/** What the last looks at the source came to, for the state screen and the doctor. */
export type SourceStatus = {
  readonly source: string;
  readonly readAt: EpochMs | null;
  /** Trips of the last reading, and how many of them were new or different. */
  readonly trips: number;
  readonly applied: number;
  /** Trips that earlier readings had for these days and the last one has not. They stay on sale: only a dispatcher suspends a trip. */
  readonly gone: readonly string[];
  /** Trips on sale whose stops or seats are others than the source's: a dispatcher has decided so, or has to. */
  readonly kept: readonly string[];
  /** Days that lost most of their trips, until the source has them again or somebody confirms that they are gone. */
  readonly missing: readonly MissingTrips[];
  readonly setAside: readonly SetAside[];
  readonly setAsideCount: number;
  readonly notes: readonly string[];
  readonly fault: { readonly code: string; readonly hint: string; readonly at: EpochMs } | null;
};

const DAY_MS = 86_400_000;

/** Most ids of vanished trips that are named; a legacy system in its nightly maintenance can look empty. */
const GONE_MAX = 500;

/**
 * Follows one source. Holds nothing that matters: what was applied is only remembered to save work, so the process may be
 * killed at any instruction.
 */
export class SourceWatch {
  readonly #options: WatchOptions;
  #applied: Map<string, Applied> | null = null;
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
      kept: [],
      missing: [],
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
      const applied = await this.#apply(reading, today, now);
      this.#readOn = today;
      this.#digest = reading.digest;
      return applied;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#status = { ...this.#status, fault: { code: error.code, hint: error.detail.hint, at: now } };
      return 0;
    }
  }

  /** Somebody has seen that trips are gone, and that it is right. They stay on sale and are not told again. Resolves to their number. */
  async confirmMissing(): Promise<number> {
    const gone = [...(this.#applied ?? [])].filter(([, { digest }]) => digest === '').map(([tripId]) => tripId);
    await this.#options.forget?.(gone);
    for (const tripId of gone) this.#applied?.delete(tripId);
    this.#status = { ...this.#status, gone: [], missing: [] };
    return gone.length;
  }

  /** What the source named to an earlier process, for days that are still read. */
  async #seenBefore(lastDay: ServiceDate): Promise<Map<string, Applied>> {
    const seen = (await this.#options.seen?.()) ?? [];
    const inWindow = seen.filter(({ tripId }) => dayOf(tripId) <= lastDay);
    return new Map(inWindow.map(({ tripId, departsAt: at }) => [tripId, gone(at)]));
  }

  async #apply(reading: SourceReading, today: ServiceDate, now: EpochMs): Promise<number> {
    const { apply, missingShareMax, windowDays, zone } = this.#options;
    const lastDay = serviceDateOf(now + (windowDays - 1) * DAY_MS, zone);
    const before = this.#applied ?? (await this.#seenBefore(lastDay));
    const read = new Map(
      reading.trips.map((trip) => [trip.tripId, { digest: tripDigest(trip), departsAt: departsAt(trip, 0) }]),
    );
    const fresh = reading.trips.filter(({ tripId }) => before.get(tripId)?.digest !== read.get(tripId)!.digest);
    const said = new Set(fresh.map(({ tripId }) => tripId));
    const still = this.#status.kept.filter((tripId) => read.has(tripId) && !said.has(tripId));
    const kept = fresh.length > 0 || reading.digest !== this.#digest ? (await apply(fresh, reading.setAside)).kept : [];
    const lost = [...before].filter(([tripId]) => !read.has(tripId) && dayOf(tripId) >= today);
    const known = [...before].map(([tripId, { departsAt: at }]) => ({ tripId, departsAt: at }));
    this.#applied = new Map([...lost.map(([tripId, { departsAt: at }]) => [tripId, gone(at)] as const), ...read]);
    this.#status = {
      source: this.#options.source.name,
      readAt: reading.readAt,
      trips: reading.trips.length,
      applied: fresh.length,
      gone: lost.slice(0, GONE_MAX).map(([tripId]) => tripId),
      kept: [...still, ...kept],
      missing: missingTrips(known, (tripId) => read.has(tripId), missingShareMax, now),
      setAside: reading.setAside,
      setAsideCount: reading.setAsideCount,
      notes: reading.notes,
      fault: null,
    };
    return fresh.length;
  }
}

/** A trip that no reading of this process has; it says the same as none. */
function gone(departsAt: EpochMs): Applied {
  return { digest: '', departsAt };
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
