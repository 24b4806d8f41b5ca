import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { PickupProof } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { type Agent, HUB } from '../agent.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { findPickups } from './find-pickups.ts';

/** `toPrinter`: a counter prints here; a kiosk and another station print what they are given. */
export type CollectWish = {
  readonly proof: PickupProof;
  readonly ticketNos: readonly string[];
  readonly toPrinter: boolean;
};

/**
 * 取票 of tickets whose home is this station: each is handed out once, under a new print sequence, to whoever shows the
 * document it was bought on or the order's pickup code. All or none.
 */
export function collectTickets(agent: Agent, call: Call, input: CollectWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'collect', now, async (tx) => {
    const found = new Map((await findPickups(agent, tx, input.proof)).map((each) => [each.row.ticketNo, each]));
    const prints: { ticketNo: string; printSeq: number; jobId: string | null }[] = [];
    for (const ticketNo of input.ticketNos) {
      const pickup = found.get(ticketNo);
      if (!pickup) {
        const home = (await findTicket(tx, ticketNo))?.home ?? agent.station.code;
        if (home !== agent.station.code) return refuse({ code: 'ticket.other-home', ticketNo, home });
        return refuse({ code: 'pickup.not-found', ticketNo });
      }
      const printSeq = pickup.row.printSeq + 1;
      if (!(await moveTicket(tx, ticketNo, ['sold'], 'collected', { printSeq })))
        return refuse({ code: 'pickup.not-found', ticketNo });
      const fact = {
        ticketNo,
        tripId: pickup.row.tripId,
        at: now,
        bizDate: serviceDateOf(now, pickup.trip.zone),
        by: call.caller.clerk ?? call.caller.id,
        printSeq,
      };
      await emit(tx, { peer: HUB, type: 'ticket.collected', agg: pickup.row.tripId, fact }, now);
      await audit(tx, call.caller, 'ticket.collected', ticketNo, now, String(printSeq));
      const jobId = input.toPrinter ? agent.newId() : null;
      if (jobId)
        await queuePrint(tx, { jobId, ticketNo, printSeq, what: 'pickup', terminal: call.caller.terminal }, now);
      prints.push({ ticketNo, printSeq, jobId });
    }
    return done({ prints });
  });
}
