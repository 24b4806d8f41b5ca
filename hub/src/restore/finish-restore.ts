import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { LanePositions } from '@lianpiao/shared/protocol/messages';
import { statement, value } from '@lianpiao/shared/store/statement';
import { eq, isNotNull } from 'drizzle-orm';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { endForgotten } from './end-forgotten.ts';
import { awaitedFor, partiesOfId, type RestoreWait } from './restore-waits.ts';
import { thawTrip } from './withhold-seats.ts';

const until = statement((db, { restoreWaits }: HubTables) =>
  db
    .update(restoreWaits)
    .set({ untilSeat: value('seat') as never, untilEv: value('ev') as never })
    .where(eq(restoreWaits.station, value('station'))),
);

/** The station has told all that it had heard from the hub; when its own streams are here up to their heads of now, it was heard. */
export async function noteHeads(tx: HubTx, station: string, lanes: LanePositions): Promise<void> {
  await until(tx, { station, seat: lanes.seat.out.next - 1, ev: lanes.ev.out.next - 1 });
}

/** Ends the wait for stations that were heard in full. Returns which. */
export async function finishRestores(store: HubStore, now: EpochMs): Promise<string[]> {
  const { restoreWaits } = store.read.t;
  const waiting = await store.read.db.select().from(restoreWaits).where(isNotNull(restoreWaits.untilSeat));
  const heard: string[] = [];
  for (const wait of waiting)
    if (await store.transaction((tx) => finishRestore(tx, wait, now))) heard.push(wait.station);
  return heard;
}

async function finishRestore(tx: HubTx, wait: RestoreWait, now: EpochMs): Promise<boolean> {
  const ours = await positionsOf(tx, wait.station);
  const told = { seat: wait.untilSeat!, ev: wait.untilEv! };
  if (LANES.some((lane) => ours[lane].in.ack < told[lane])) return false;
  const marked = { seat: wait.markedSeat, ev: wait.markedEv };
  // The marker says that the hub had told more than the station has heard: what that was, nobody knows.
  const uncertain = LANES.some((lane) => marked[lane] === null || marked[lane] > ours[lane].out.next - 1);
  await endWait(tx, wait.station, uncertain, now);
  return true;
}

/** The hub waits for a station no more: its trips thaw where no other is missing. `uncertain` legs stay with a person. */
export async function endWait(tx: HubTx, station: string, uncertain: boolean, now: EpochMs): Promise<void> {
  const { restoreWaits, withheldSeats } = tx.t;
  await tx.db.delete(restoreWaits).where(eq(restoreWaits.station, station));
  const withheld = await tx.db.selectDistinct({ tripId: withheldSeats.tripId }).from(withheldSeats);
  let kept = 0;
  for (const { tripId } of withheld) {
    if (uncertain && (await partiesOfId(tx, tripId)).includes(station)) kept += await thawTrip(tx, tripId, true);
    else if ((await awaitedFor(tx, tripId)).length === 0) await thawTrip(tx, tripId, false);
  }
  await endForgotten(tx, now);
  if (kept > 0) await raiseAlarm(tx, 'restore.seats-uncertain', station, String(kept), now);
}
