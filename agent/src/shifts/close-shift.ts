import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { and, eq, sql } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';

/** 缴款: ends the caller's shift with what was counted in the drawer. What must be there is said only afterwards. */
export function closeShift(agent: Agent, call: Call, countedFen: number, now: EpochMs) {
  return answerOnce(agent.store, call, 'close-shift', now, async (tx) => {
    const { shiftId, clerk } = call.caller;
    const { shifts, cashMoves } = tx.t;
    if (shiftId === null || clerk === null) return refuse({ code: 'shift.none', caller: call.caller.id });
    const [drawer] = await tx.db
      .select({ fen: sql<number>`coalesce(sum(${cashMoves.amountFen}), 0)` })
      .from(cashMoves)
      .where(eq(cashMoves.shiftId, shiftId));
    const expectedFen = Number(drawer!.fen);
    const [shift] = await tx.db
      .update(shifts)
      .set({ state: 'closed', closedAt: now, expectedFen, countedFen })
      .where(and(eq(shifts.shiftId, shiftId), eq(shifts.state, 'open')))
      .returning();
    if (!shift) return refuse({ code: 'shift.closed', shiftId });
    const fact = {
      shiftId,
      clerk,
      openedAt: shift.openedAt,
      closedAt: now,
      bizDate: serviceDateOf(now, 'Asia/Shanghai'),
      expectedFen,
      countedFen,
    };
    await emit(tx, { peer: HUB, type: 'shift.closed', agg: shiftId, fact }, now);
    await audit(tx, call.caller, 'shift.closed', shiftId, now, `${expectedFen} ${countedFen}`);
    return done({ shiftId, expectedFen, countedFen, differenceFen: countedFen - expectedFen });
  });
}
