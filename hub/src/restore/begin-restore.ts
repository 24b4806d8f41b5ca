import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { eq, gt, sql } from 'drizzle-orm';
import { hubIncarnation, keepHubIncarnation } from '../ingest/station-record.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { numbersFloor, raiseNumbersFloor } from '../stations/numbers-floor.ts';
import type { HubTx } from '../store/hub-store.ts';
import { type HubMark, laneOf } from './hub-marker.ts';
import { noteStatementDays } from './statement-days.ts';
import { freezeTrip } from './withhold-seats.ts';

/** Ranges of a terminal that are left out behind the last known one: what was leased in the part that is lost. */
const RANGES_SKIPPED = 10;

export type RestoreCause = {
  readonly code: 'hub.marker-missing' | 'hub.database-older' | 'hub.told-by-station' | 'hub.told-by-operator';
  readonly detail: string;
};

/**
 * This database is not the newest of the hub: it begins a new life, and gives away nothing of what it believes to own until
 * each station has told what the hub had told it. A claim that was alive in the backup has ended. Returns the new incarnation.
 */
export async function beginRestore(
  tx: HubTx,
  { code, detail }: RestoreCause,
  mark: HubMark | undefined,
  now: EpochMs,
): Promise<number> {
  const incarnation = Math.max(await hubIncarnation(tx), mark?.hubIncarnation ?? 0) + 1;
  await keepHubIncarnation(tx, incarnation);
  const { stations, restoreWaits, holds, trips, numberLeases } = tx.t;
  const enrolled = await tx.db.select({ code: stations.code }).from(stations).where(eq(stations.state, 'enrolled'));
  for (const { code: station } of enrolled) {
    const marked = (lane: 'seat' | 'ev') => mark && (mark.lanes.get(laneOf(station, lane))?.seq ?? 0);
    const row = { station, since: now, markedSeat: marked('seat') ?? null, markedEv: marked('ev') ?? null };
    const wait = { ...row, untilSeat: null, untilEv: null };
    await tx.db.insert(restoreWaits).values(wait).onConflictDoUpdate({ target: restoreWaits.station, set: wait });
  }
  const held = await tx.db.select({ holdId: holds.holdId }).from(holds).where(eq(holds.state, 'held'));
  for (const { holdId } of held) await releaseHold(tx, holdId, 'expired');
  const ahead = await tx.db.select({ tripId: trips.tripId }).from(trips).where(gt(trips.arrivesAt, now));
  for (const { tripId } of ahead) await freezeTrip(tx, tripId, now);
  const [known] = await tx.db
    .select({ end: sql<number>`coalesce(max(${numberLeases.first} + ${numberLeases.count}), 0)` })
    .from(numberLeases);
  // A life that began at the floor and is lost has leased from there.
  const end = Math.max(Number(known!.end), mark?.numbersEnd ?? 0, await numbersFloor(tx));
  await raiseNumbersFloor(tx, end + RANGES_SKIPPED * RANGE_COUNT);
  await noteStatementDays(tx, now);
  await raiseAlarm(tx, 'hub.restored', String(incarnation), `${code} ${detail}`.trim(), now);
  return incarnation;
}
