import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { and, eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import { endWait } from './finish-restore.ts';
import { awaitedFor, restoreWait } from './restore-waits.ts';
import { unblockSeat } from './withhold-seats.ts';

/**
 * An operator says that a station will not be heard soon: the hub waits for it no more. What the hub has not sold of its trips
 * becomes uncertain, and is released seat by seat.
 */
export function releaseStation(store: HubStore, caller: Caller, station: string, now: EpochMs) {
  return store.transaction(async (tx) => {
    if (!(await restoreWait(tx, station))) return refuse({ code: 'restore.not-awaited', station });
    await endWait(tx, station, true, now);
    await audit(tx, caller, 'restore.station-released', station, now);
    return done({ station });
  });
}

export type SeatsToRelease = { readonly tripId: string; readonly seats: readonly string[] };

/** A person has asked the station or its list and answers for these seats not being sold: they are on sale again. */
export function releaseSeats(store: HubStore, caller: Caller, { tripId, seats }: SeatsToRelease, now: EpochMs) {
  return store.transaction(async (tx) => {
    const awaited = await awaitedFor(tx, tripId);
    if (awaited.length > 0) return refuse({ code: 'restore.still-frozen', tripId, stations: awaited.join(' ') });
    const { withheldSeats } = tx.t;
    for (const seat of seats) {
      const here = and(eq(withheldSeats.tripId, tripId), eq(withheldSeats.seat, seat));
      const [row] = await tx.db.select({ legs: withheldSeats.legs }).from(withheldSeats).where(here);
      if (!row || !(await unblockSeat(tx, tripId, seat))) return refuse({ code: 'seat.not-uncertain', tripId, seat });
      await audit(tx, caller, 'seat.uncertain-released', `${tripId} ${seat}`, now, String(row.legs));
    }
    return done({ tripId, seats: [...seats] });
  });
}
