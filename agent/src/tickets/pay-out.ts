import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { type Agent, HUB } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

export type Payout = {
  readonly ticketNo: string;
  readonly orderId: string;
  readonly amountFen: number;
  readonly bizDate: string;
};

/** Cash out of the caller's drawer for a refund, whatever the ticket's home, and the event that books it at the hub. */
export async function payOut(
  agent: Agent,
  tx: AgentTx,
  call: Call,
  { ticketNo, orderId, amountFen, bizDate }: Payout,
  now: EpochMs,
) {
  const { shiftId } = call.caller;
  if (shiftId === null) return refuse({ code: 'shift.none', caller: call.caller.id });
  await moveCash(tx, shiftId, 'payout', ticketNo, -amountFen, now);
  const fact = {
    payoutId: agent.newId(),
    orderId,
    ticketNo,
    amountFen,
    method: 'cash' as const,
    shiftId,
    at: now,
    bizDate,
  };
  await emit(tx, { peer: HUB, type: 'payout.made', agg: ticketNo, fact }, now);
  return done(fact);
}
