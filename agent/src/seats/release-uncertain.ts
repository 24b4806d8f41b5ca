import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { and, eq, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { maySupervise } from '../dispatch/may-dispatch.ts';
import { whyNotSell } from '../selling/sale-stops.ts';

export type UncertainWish = { readonly tripId: string; readonly seats: readonly string[] };

/**
 * Puts seats that were blocked after a restore on sale again: a supervisor has compared them with stubs and print journal
 * and answers for them not being sold. At a station without a supervisor's account any person at the counter may.
 */
export function releaseUncertain(agent: Agent, call: Call, { tripId, seats: wanted }: UncertainWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'release-uncertain', now, async (tx) => {
    const { caller } = call;
    if (!(await maySupervise(tx, caller.clerk))) return refuse({ code: 'auth.not-permitted', caller: caller.id });
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    const { seats, uncertainSeats } = tx.t;
    for (const seat of wanted) {
      const [row] = await tx.db
        .delete(uncertainSeats)
        .where(and(eq(uncertainSeats.tripId, tripId), eq(uncertainSeats.seat, seat)))
        .returning();
      if (!row) return refuse({ code: 'seat.not-uncertain', tripId, seat });
      await tx.db
        .update(seats)
        .set({ blocked: sql`${seats.blocked} & ~${row.legs}` })
        .where(and(eq(seats.tripId, tripId), eq(seats.seat, seat)));
      await audit(tx, caller, 'seat.uncertain-released', `${tripId} ${seat}`, now, String(row.legs));
    }
    return done({ tripId, seats: [...wanted] });
  });
}
