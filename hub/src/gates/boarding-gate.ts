import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import { and, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/**
 * The station that boards a ride from that stop and hears about its tickets; null where the coach takes passengers without a
 * gate: at a place without a station, and at a station that has no agent.
 */
export async function boardingGate(on: Pick<HubReader, 'db' | 't'>, trip: Trip, stop: number): Promise<string | null> {
  const station = boardingStation(trip, stop);
  return station !== null && (await hasAgent(on, station)) ? station : null;
}

/** True for a station with an agent of ours, connected or not. */
export async function hasAgent(on: Pick<HubReader, 'db' | 't'>, station: string): Promise<boolean> {
  const { stations } = on.t;
  const rows = await on.db
    .select({ code: stations.code })
    .from(stations)
    .where(and(eq(stations.code, station), eq(stations.state, 'enrolled')));
  return rows.length > 0;
}
