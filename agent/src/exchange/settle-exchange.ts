import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { findExchange } from './exchange-rows.ts';
import { moveDifference } from './move-difference.ts';

/** Hands over what an exchange that ended without its passenger still owes them, out of the caller's drawer, once. */
export function settleExchange(agent: Agent, call: Call, exchangeId: string, now: EpochMs) {
  return answerOnce(agent.store, call, 'settle-exchange', now, async (tx) => {
    const { shiftId } = call.caller;
    if (shiftId === null) return refuse({ code: 'shift.none', caller: call.caller.id });
    const exchange = await findExchange(tx, exchangeId);
    if (!exchange || exchange.dueFen === 0) return refuse({ code: 'exchange.nothing-due', exchangeId });
    const { dueFen, oldTicketNo } = exchange;
    await moveDifference(agent, tx, exchange, { amountFen: -dueFen, shiftId }, now);
    const { exchanges } = tx.t;
    await tx.db.update(exchanges).set({ dueFen: 0 }).where(eq(exchanges.exchangeId, exchangeId));
    await audit(tx, call.caller, 'exchange.settled', oldTicketNo, now, String(dueFen));
    return done({ exchangeId, paidFen: dueFen });
  });
}
