import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { readingOf } from '../plan/dated-trips.ts';
import type { TripPlan } from '../plan/trip-plan.ts';
import type { LegacySource, ServiceWindow, SourceReading } from '../port.ts';
import { SetAsideList } from '../set-aside.ts';
import type { StopDirectory } from '../stop-directory.ts';
import { Feed } from './feed.ts';
import { feedPlans } from './feed-plans.ts';
import type { GtfsOptions } from './options.ts';
import { requireFeed } from './records.ts';

export type GtfsSourceOptions = {
  /** A folder, or a file that ends in `.zip`. */
  readonly path: string;
  /** 9-digit code of the station that publishes the trips. */
  readonly station: string;
  readonly directory: StopDirectory;
  readonly options: GtfsOptions;
};

type Read = {
  readonly stamp: string;
  readonly plans: readonly TripPlan[];
  readonly aside: SetAsideList;
  readonly notes: readonly string[];
};

/**
 * Timetables from a GTFS feed. Of a feed that lacks a required file nothing is taken; while one is being replaced, the
 * last whole one stands.
 */
export function gtfs({ path, station, directory, options }: GtfsSourceOptions): LegacySource {
  const feed = new Feed(path, options.limits);
  let last: Read | null = null;

  async function refresh(now: EpochMs): Promise<Read> {
    const stamp = await feed.stamp(now);
    if (last && (stamp === null || stamp === last.stamp)) return last;
    const tables = stamp === null ? null : await feed.tables(now);
    if (stamp === null || !tables) {
      if (last) return last;
      throw new Fault('legacy.gtfs-being-written', 'the feed is being written', {
        hint: '时刻表正在写入：写完后会自动读取',
        retryable: true,
      });
    }
    requireFeed(tables);
    const aside = new SetAsideList();
    const plans = feedPlans(tables, options, directory, aside);
    const notes = tables.has('frequencies.txt') ? ['gtfs.frequencies-unused'] : [];
    return { stamp, plans, aside, notes };
  }

  return {
    name: 'gtfs',

    async changed(now: EpochMs): Promise<boolean> {
      const stamp = await feed.stamp(now);
      return last === null || (stamp !== null && stamp !== last.stamp);
    },

    async read(window: ServiceWindow, now: EpochMs): Promise<SourceReading> {
      last = await refresh(now);
      const aside = new SetAsideList();
      aside.addAll(last.aside);
      const rules = { origin: station, startsHere: options.startsHere, ceiling: options.ceiling };
      return readingOf(last.plans, rules, aside, last.notes, window, now);
    },
  };
}
