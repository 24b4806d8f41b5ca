import type { FareType } from '@lianpiao/shared/domain/fare-type';
import { fen } from '@lianpiao/shared/domain/money';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { mayRebook, rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import { bodyOf, insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { faceView } from '@lianpiao/shared/store/tickets/ticket-view';
import type { Agent } from '../agent.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { moveCash } from '../shifts/move-cash.ts';
import { endRebooked, rebookable } from './end-rebooked.ts';
import { newRide, type RebookWish, takeRide } from './new-ride.ts';
import { ticketAtHome } from './ticket-at-home.ts';

/**
 * 改签 within one home: the new seat is claimed before the old one is freed, in one transaction. The difference of the
 * fares moves through the drawer; the passenger and the fare type stay.
 */
export function rebookTicket(agent: Agent, call: Call, wish: RebookWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'rebook', now, async (tx) => {
    const { caller } = call;
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    if (caller.shiftId === null) return refuse({ code: 'shift.none', caller: caller.id });
    const found = await ticketAtHome(agent, tx, wish.ticketNo);
    if (!found.ok) return found;
    const { ticket: old, trip: oldTrip } = found.value;
    const ride = await newRide(tx, caller, wish, old.fareType as FareType, now);
    if (!ride.ok) return ride;
    const { trip, departsAt, fareFen, rules } = ride.value;
    const no = mayRebook({ ...(await rebookable(tx, old, oldTrip)), to: { ...trip, departsAt } }, rules.rebook, now);
    if (no) return refuse(no);

    const taking = { caller, holder: caller.id, expiresAt: now + 1 };
    const taken = await takeRide(agent, tx, taking, { wish, ride: ride.value, carried: bodyOf(old) }, now);
    if (!taken.ok) return taken;
    const { holdId, ticket } = taken.value;
    const sold = await sellHold(tx, holdId, now);
    if (!sold.ok) return sold;
    const differenceFen = rebookDifference(fen(old.fareFen), fareFen, rules.rebook);
    const ended = await endRebooked(
      agent,
      tx,
      { old, oldTrip, ticket, differenceFen, by: caller.clerk ?? caller.id },
      now,
    );
    if (!ended.ok) return ended;
    const { who } = ended.value;
    const person = old.person && old.personKey ? { sealed: old.person, key: old.personKey } : null;
    await insertTicket(tx, ticket, person, old.ticketNo);
    if (differenceFen !== 0) await moveCash(tx, caller.shiftId, 'difference', ticket.ticketNo, differenceFen, now);
    await queuePrint(
      tx,
      { jobId: agent.newId(), ticketNo: ticket.ticketNo, printSeq: 1, what: 'ticket', terminal: caller.terminal },
      now,
    );
    await audit(tx, caller, 'ticket.rebooked', old.ticketNo, now, ticket.ticketNo);
    return done({ oldTicketNo: old.ticketNo, ticket: faceView(ticket, 'sold', trip, who), differenceFen });
  });
}
