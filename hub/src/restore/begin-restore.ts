import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { eq, gt, sql } from 'drizzle-orm';
import { hubIncarnation, keepHubIncarnation } from '../ingest/station-record.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { numbersFloor, raiseNumbersFloor } from '../stations/numbers-floor.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import { gatelessSales, noteGatelessLost } from './gateless-sales.ts';
import { type HubMark, laneOf } from './hub-marker.ts';
import { restoreWait } from './restore-waits.ts';
import { noteStatementDays } from './statement-days.ts';
import { freezeTrip } from './withhold-seats.ts';

/** Ranges of a terminal that are left out behind the last known one: what was leased in the part that is lost. */
const RANGES_SKIPPED = 10;

/** The hub's clock may be ahead: coaches that it takes for arrived may not have left. In ms. */
const CLOCK_AHEAD_MS = 48 * 3_600_000;

const RESTORED_AT = 'hub.restored-at';
/** A question that a station asked before the restore has been answered or given up by then, in ms. */
const QUESTIONS_END_MS = 7 * 24 * 3_600_000;

/** True while the hub may have passed on a station's request in the part that is lost, and the one who was asked knows alone. */
export async function mayHaveAsked(on: HubReader, now: EpochMs): Promise<boolean> {
  const at = await metaOf(on, RESTORED_AT);
  return at !== undefined && now < Number(at) + QUESTIONS_END_MS;
}

export type RestoreCause = {
  readonly code: 'hub.marker-missing' | 'hub.database-older' | 'hub.told-by-station' | 'hub.told-by-operator';
  readonly detail: string;
};

/**
 * How far a lane once was, by the marker and by a wait of an earlier restore that is not over: its marker has been written over.
 * `null`: nobody knows; `undefined`: no such wait.
 */
function highest(marked: number | null, earlier: number | null | undefined): number | null {
  if (earlier === undefined) return marked;
  return marked === null || earlier === null ? null : Math.max(marked, earlier);
}

/**
 * This database is not the newest of the hub: it begins a new life, and gives away nothing of what it believes to own until
 * each station has told what the hub had told it. A claim that was alive in the backup has ended. A marker of another life than the
 * backup's says nothing of the lives between. Returns the new incarnation.
 */
export async function beginRestore(
  tx: HubTx,
  { code, detail }: RestoreCause,
  mark: HubMark | undefined,
  now: EpochMs,
): Promise<number> {
  const before = await hubIncarnation(tx);
  const incarnation = Math.max(before, mark?.hubIncarnation ?? 0) + 1;
  await keepHubIncarnation(tx, incarnation);
  await keepMeta(tx, RESTORED_AT, String(now));
  const { stations, restoreWaits, holds, trips, numberLeases } = tx.t;
  const enrolled = await tx.db.select({ code: stations.code }).from(stations).where(eq(stations.state, 'enrolled'));
  for (const { code: station } of enrolled) {
    const known = await restoreWait(tx, station);
    const markedOf = (lane: 'seat' | 'ev') => (mark ? (mark.lanes.get(laneOf(station, lane))?.seq ?? 0) : null);
    const marked = (lane: 'seat' | 'ev', earlier: number | null | undefined) =>
      mark?.hubIncarnation === before ? highest(markedOf(lane), earlier) : null;
    const row = {
      station,
      since: now,
      markedSeat: marked('seat', known?.markedSeat),
      markedEv: marked('ev', known?.markedEv),
    };
    const wait = { ...row, untilSeat: null, untilEv: null };
    await tx.db.insert(restoreWaits).values(wait).onConflictDoUpdate({ target: restoreWaits.station, set: wait });
  }
  if (mark?.hubIncarnation !== before || mark.gateless > (await gatelessSales(tx))) await noteGatelessLost(tx);
  const held = await tx.db.select({ holdId: holds.holdId }).from(holds).where(eq(holds.state, 'held'));
  for (const { holdId } of held) await releaseHold(tx, holdId, 'expired');
  const ahead = await tx.db
    .select({ tripId: trips.tripId })
    .from(trips)
    .where(gt(trips.arrivesAt, now - CLOCK_AHEAD_MS));
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
