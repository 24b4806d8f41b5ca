import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { RebookRequest } from '@lianpiao/shared/domain/rebook-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { freeTicketSeat } from './free-ticket-seat.ts';

/** What the rules of rebooking ask about the old ticket. */
export async function rebookable(
  tx: AgentTx,
  old: TicketRow,
  trip: KnownTrip,
): Promise<Pick<RebookRequest, 'ticket' | 'from'>> {
  const { ticketNo, state, rebookedFrom, fromStop } = old;
  return {
    ticket: { ticketNo, state: state as TicketState, timesRebooked: rebookedFrom === null ? 0 : 1 },
    from: {
      ...trip,
      departsAt: departsAt(trip, fromStop),
      state: trip.state as TripState,
      lostSeat: await isOver(tx, old),
    },
  };
}

type Rebooking = {
  readonly old: TicketRow;
  readonly oldTrip: KnownTrip;
  readonly ticket: TicketBody;
  readonly differenceFen: number;
  readonly by: string;
  /** Of a rebooking whose new ticket has another home. */
  readonly exchangeId?: string;
};

/** The home ends the old ticket in favour of the new one: its seat is free, its paper withdrawn, the hub is told. */
export async function endRebooked(agent: Agent, tx: AgentTx, rebooking: Rebooking, now: EpochMs) {
  const { old, oldTrip, ticket, differenceFen, by, exchangeId } = rebooking;
  const { ticketNo, tripId } = old;
  if (!(await moveTicket(tx, ticketNo, ['sold', 'collected'], 'rebooked', { endedAt: now }))) {
    return refuse({ code: 'ticket.changed-meanwhile', ticketNo });
  }
  await freeTicketSeat(agent, tx, old, oldTrip);
  await withdrawPrints(tx, ticketNo, now);
  const who = old.person ? agent.persons.open(old.person) : null;
  const person = who ? agent.persons.seal(who, ticket.bizDate) : undefined;
  const moved = { ticketNo, tripId, at: now, bizDate: ticket.bizDate, by, newTicket: ticket, differenceFen };
  const fact = exchangeId === undefined ? moved : { ...moved, exchangeId };
  await emit(tx, { peer: HUB, type: 'ticket.rebooked', agg: tripId, fact, ...(person ? { person } : {}) }, now);
  return done({ who, person });
}
