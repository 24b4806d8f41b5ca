import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { emit } from '@lianpiao/shared/store/streams';
import { type Agent, HUB } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { Exchange } from './exchange-rows.ts';

/**
 * Cash of an exchange in (+) or out (−) of a drawer, and the event that books it against what is due to the passenger. Old and
 * new ticket may be booked by others, before or after: the books of each drawer are right at once.
 */
export async function moveDifference(
  agent: Agent,
  tx: AgentTx,
  { exchangeId, oldTicketNo }: Pick<Exchange, 'exchangeId' | 'oldTicketNo'>,
  { amountFen, shiftId }: { readonly amountFen: number; readonly shiftId: string },
  now: EpochMs,
): Promise<void> {
  await moveCash(tx, shiftId, 'difference', oldTicketNo, amountFen, now);
  const moveId = agent.newId();
  const bizDate = serviceDateOf(now, 'Asia/Shanghai');
  const fact = { moveId, exchangeId, ticketNo: oldTicketNo, amountFen, shiftId, at: now, bizDate };
  await emit(tx, { peer: HUB, type: 'difference.moved', agg: oldTicketNo, fact }, now);
}
