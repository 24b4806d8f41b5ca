import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/**
 * The station that boards a ride from that stop and hears about its tickets; null where the coach takes passengers without a
 * gate: at a place without a station, and at a station that has no agent.
 */
export async function boardingGate(on: HubReader, trip: Trip, stop: number): Promise<string | null> {
  const station = boardingStation(trip, stop);
  return station !== null && (await hasAgent(on, station)) ? station : null;
}

const enrolled = statement((db, { stations }: HubTables) =>
  db
    .select({ code: stations.code })
    .from(stations)
    .where(and(eq(stations.code, value('station')), eq(stations.state, 'enrolled'))),
);

/** True for a station with an agent of ours, connected or not. */
export async function hasAgent(on: HubReader, station: string): Promise<boolean> {
  return (await enrolled(on, { station })).length > 0;
}
