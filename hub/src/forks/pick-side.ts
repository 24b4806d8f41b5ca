import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import { forkUnderWay } from './fork-under-way.ts';

/** Whose history goes on. */
export type Side = 'hub' | 'station';

/**
 * A person says which history goes on. The hub's may: the station gives its own up with its next hello. The station's may not:
 * what the hub's had done to seats, tickets and books of the province is not undone. Saying it again changes nothing.
 */
export function pickSide(store: HubStore, caller: Caller, station: string, keep: Side, now: EpochMs) {
  return store.transaction(async (tx) => {
    const fork = await forkUnderWay(tx, station);
    if (!fork) return refuse({ code: 'fork.not-known', station });
    if (keep === 'station') return refuse({ code: 'fork.only-hub', station });
    const picked = { station, fork: fork.id, keep };
    if (fork.state === 'picked') return done(picked);
    const { forks } = tx.t;
    await tx.db.update(forks).set({ state: 'picked', pickedAt: now }).where(eq(forks.id, fork.id));
    await audit(tx, caller, 'fork.picked', station, now, `${fork.id} ${keep}`);
    return done(picked);
  });
}
