import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { type Agent, HUB } from '../agent.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import { ticketAtHome } from './ticket-at-home.ts';

/** 重打印: new paper for a living ticket under a higher print sequence, which makes the old paper invalid at every gate. The reason is audited. */
export function reprintTicket(
  agent: Agent,
  call: Call,
  { ticketNo, reason }: { readonly ticketNo: string; readonly reason: string },
  now: EpochMs,
) {
  return answerOnce(agent.store, call, 'reprint', now, async (tx) => {
    const found = await ticketAtHome(agent, tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const printSeq = ticket.printSeq + 1;
    if (!(await moveTicket(tx, ticketNo, ['sold', 'collected'], 'collected', { printSeq }))) {
      return refuse({ code: 'ticket.ended', ticketNo, state: ticket.state });
    }
    await withdrawPrints(tx, ticketNo, now);
    const jobId = agent.newId();
    await queuePrint(tx, { jobId, ticketNo, printSeq, what: 'reprint', terminal: call.caller.terminal }, now);
    const fact = {
      ticketNo,
      tripId: ticket.tripId,
      at: now,
      bizDate: serviceDateOf(now, trip.zone),
      by: call.caller.clerk ?? call.caller.id,
      printSeq,
    };
    await emit(tx, { peer: HUB, type: 'ticket.collected', agg: ticket.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.reprinted', ticketNo, now, reason);
    return done({ printJobs: [jobId] });
  });
}
