import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { mayVoid } from '@lianpiao/shared/domain/void-rules';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { type Agent, HUB } from '../agent.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import { whyNotEnd } from '../selling/why-not-end.ts';
import { moveCash } from '../shifts/move-cash.ts';
import { freeTicketSeat } from './free-ticket-seat.ts';
import { ticketAtHome } from './ticket-at-home.ts';

/** 废票: the seller takes a misprinted or mistaken ticket back whole: same clerk, same shift, in time, not boarded (guide F2.3). */
export function voidTicket(agent: Agent, call: Call, ticketNo: string, now: EpochMs) {
  return answerOnce(agent.store, call, 'void', now, async (tx) => {
    const { clerk, shiftId } = call.caller;
    if (clerk === null || shiftId === null) return refuse({ code: 'shift.none', caller: call.caller.id });
    const stopped = await whyNotEnd(tx);
    if (stopped) return stopped;
    const found = await ticketAtHome(agent, tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const { soldAt } = ticket;
    const state = ticket.state as TicketState;
    const facts = {
      ticketNo,
      state,
      clerk: ticket.clerk,
      shiftId: ticket.shiftId,
      soldAt,
      isRebooked: ticket.rebookedFrom !== null,
    };
    const no = mayVoid({ ticket: facts, clerk, shiftId }, (await rulesAt(tx, now)).void, now);
    if (no) return refuse(no);
    if (!(await moveTicket(tx, ticketNo, ['sold', 'collected'], 'voided', { endedAt: now }))) {
      return refuse({ code: 'ticket.changed-meanwhile', ticketNo });
    }

    const payoutFen = ticket.fareFen + ticket.insuranceFen;
    await freeTicketSeat(agent, tx, ticket, trip);
    await withdrawPrints(tx, ticketNo, now);
    if (ticket.payMethod === 'cash') await moveCash(tx, shiftId, 'void', ticketNo, -payoutFen, now);
    const fact = {
      ticketNo,
      tripId: ticket.tripId,
      at: now,
      bizDate: serviceDateOf(now, trip.zone),
      by: clerk,
      shiftId,
    };
    await emit(tx, { peer: HUB, type: 'ticket.voided', agg: ticket.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.voided', ticketNo, now, String(payoutFen));
    return done({ ticketNo, payoutFen });
  });
}
