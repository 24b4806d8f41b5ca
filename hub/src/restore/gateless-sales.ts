import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { boardingGate } from '../gates/boarding-gate.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';

/**
 * Tickets that the hub sold for stops where no gate boards: no station hears of them, so that none can give them back. Their
 * count stands in the run marker, and says after a restore whether one is missing.
 */
export const GATELESS_SALES = 'hub.gateless-sales';
const LOST = 'hub.gateless-sales-lost';

/** A ticket was sold that no gate is told of. */
export async function countGateless(tx: HubTx): Promise<void> {
  await keepMeta(tx, GATELESS_SALES, String((await gatelessSales(tx)) + 1));
}

export async function gatelessSales(on: HubReader): Promise<number> {
  return Number((await metaOf(on, GATELESS_SALES)) ?? 0);
}

/** The hub was restored, and once had sold more such tickets than it knows. Stays until all stations were heard. */
export async function noteGatelessLost(tx: HubTx): Promise<void> {
  await keepMeta(tx, LOST, '1');
}

export async function forgetGatelessLost(tx: HubTx): Promise<void> {
  await dropMeta(tx, LOST);
}

/** True for a trip that may have passengers of whom nobody can tell the restored hub. */
export async function mayMissPassengers(tx: HubTx, tripId: string): Promise<boolean> {
  if ((await metaOf(tx, LOST)) === undefined) return false;
  const trip = await findTrip(tx, tripId);
  if (!trip) return true;
  for (let stop = 0; stop < trip.stops.length - 1; stop += 1)
    if ((await boardingGate(tx, trip, stop)) === null) return true;
  return false;
}
