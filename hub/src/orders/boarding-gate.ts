import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import { and, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/**
 * The station that boards a ride from that stop and hears about its tickets; null where the coach takes passengers without a gate.
 */
export async function boardingGate(on: Pick<HubReader, 'db' | 't'>, trip: Trip, stop: number): Promise<string | null> {
  const station = boardingStation(trip, stop);
  if (!station) return null;
  const { stations } = on.t;
  const rows = await on.db
    .select({ code: stations.code })
    .from(stations)
    .where(and(eq(stations.code, station), eq(stations.state, 'enrolled')));
  return rows.length > 0 ? station : null;
}
