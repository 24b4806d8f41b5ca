import type { Store } from '@lianpiao/shared/store/store';
import type { HubStore, HubTx, TripListener, TripTouch } from './hub-store.ts';
import type { HubTables } from './tables.ts';

const touchedIn = new WeakMap<HubTx, Map<string, TripTouch>>();

/** Notes that a unit of work changes a trip, so that what is kept of it in memory is read again once the unit is durable. */
export function touchTrip(tx: HubTx, tripId: string, what: TripTouch = 'seats'): void {
  const touched = touchedIn.get(tx);
  if (touched && touched.get(tripId) !== 'trip') touched.set(tripId, what);
}

/**
 * A store that tells after each durable unit which trips it touched.
 *
 * Each run of a unit has its own notes: a unit that was taken back with its group runs again and notes again.
 */
export function tellTouchedTrips(store: Store<HubTables>): HubStore {
  const listeners: TripListener[] = [];
  return {
    ...store,
    onTrips: (listener) => void listeners.push(listener),
    transaction: async (unit) => {
      let touched = new Map<string, TripTouch>();
      const value = await store.transaction((tx) => {
        touched = new Map();
        const noting = { ...tx };
        touchedIn.set(noting, touched);
        return unit(noting);
      });
      if (touched.size > 0 && !isRefusal(value)) for (const listener of listeners) listener(touched);
      return value;
    },
  };
}

function isRefusal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { ok?: unknown }).ok === false;
}
