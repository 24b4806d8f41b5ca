import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { and, eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

export type Disputed = { readonly fork: number; readonly lane: Lane; readonly seq: number };

/** A person has dealt with a disputed row outside (a passenger seated, money counted), and says how. It stays as it is. */
export function settleDisputed(
  store: HubStore,
  caller: Caller,
  { fork, lane, seq }: Disputed,
  note: string,
  now: EpochMs,
) {
  return store.transaction(async (tx) => {
    const { disputedEvents: rows } = tx.t;
    const [settled] = await tx.db
      .update(rows)
      .set({ state: 'settled', note, settledAt: now })
      .where(and(eq(rows.fork, fork), eq(rows.lane, lane), eq(rows.seq, seq), eq(rows.state, 'open')))
      .returning({ station: rows.station });
    if (!settled) return refuse({ code: 'fork.not-disputed', fork, lane, seq });
    await audit(tx, caller, 'fork.disputed-settled', settled.station, now, `${fork} ${lane} ${seq}`);
    return done({ fork, lane, seq });
  });
}
