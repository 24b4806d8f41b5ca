import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import type { HubStore } from '../store/hub-store.ts';
import { hasAgent } from './boarding-gate.ts';

export type BoardingShare = { readonly station: string; readonly line: string; readonly seats: number };

/** An operator says how many seats of each trip of a line a boarding point is to get. What it has already stays there. */
export function setShare(store: HubStore, by: Caller, share: BoardingShare, now: EpochMs) {
  return store.transaction(async (tx) => {
    const { station, line, seats } = share;
    if (!(await hasAgent(tx, station))) return refuse({ code: 'station.unknown', station });
    const { boardingShares } = tx.t;
    await tx.db
      .insert(boardingShares)
      .values(share)
      .onConflictDoUpdate({ target: [boardingShares.station, boardingShares.line], set: { seats } });
    await audit(tx, by, 'boarding-share.set', station, now, `${line} ${seats}`);
    return done(share);
  });
}
