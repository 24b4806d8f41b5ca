import type { Hub } from '../../hub.ts';
import type { StationFreshness } from '../../ingest/station-news.ts';

/** What the console looks at: the hub's rows, and the link as it is at this moment. */
export type Console = {
  readonly hub: Pick<Hub, 'store' | 'persons' | 'clock'>;
  readonly link: {
    /** Every station that was heard since the start. */
    freshness(): StationFreshness[];
    /** Takes a parked queue up again. */
    replay(station: string, agg: string): Promise<void>;
  };
};

/** The zone in which the console counts days. */
export const CONSOLE_ZONE = 'Asia/Shanghai';
