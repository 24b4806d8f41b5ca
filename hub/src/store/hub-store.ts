import type { Reader, Store, Tx } from '@lianpiao/shared/store/store';
import type { HubTables } from './tables.ts';

export type HubTx = Tx<HubTables>;
export type HubReader = Reader<HubTables>;

/** What of a trip has changed: only who has which seats, or the trip itself. */
export type TripTouch = 'seats' | 'trip';
export type TripListener = (trips: ReadonlyMap<string, TripTouch>) => void;

export type HubStore = Store<HubTables> & {
  /** Calls `listener` after each commit that touched trips, before whoever asked for the commit goes on. */
  onTrips(listener: TripListener): void;
};
