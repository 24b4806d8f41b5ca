import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';

/** 解锁: gives the caller's own hold back. A hold that has ended already is refused with `hold.ended`. */
export function releaseSeats(agent: Agent, call: Call, holdId: string, now: EpochMs) {
  return answerOnce(agent.store, call, 'release', now, async (tx) => {
    const { holds } = tx.t;
    const [hold] = await tx.db.select({ caller: holds.caller }).from(holds).where(eq(holds.holdId, holdId));
    if (!hold || hold.caller !== call.caller.id) return refuse({ code: 'hold.unknown', holdId });
    return (await releaseHold(tx, holdId, 'released')) ? done({ holdId }) : refuse({ code: 'hold.ended', holdId });
  });
}
