import { invariant } from '@lianpiao/shared/domain/invariant';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { AgentDesk } from '../agent-desk.ts';
import { viewOf } from '../tickets/query-tickets.ts';
import { type EndedBy, finishExchange, undoExchange } from './end-exchange.ts';
import { type Exchange, findExchange, underWay, waitingExchanges } from './exchange-rows.ts';

type Refusal = { readonly code: string };

/** A clerk's own question has been answered or given up by then, in ms. */
const LEFT_ALONE_MS = 5_000;

/** Noes after which the old ticket's home can never say yes any more: it has burnt the key, or was never asked. */
const FINAL = new Set(['exchange.refused', 'link.wish-expired', 'link.offline']);

/**
 * Asks the old ticket's home to end it in favour of the new one, and does what follows. The same exchange is the same
 * question, so it may be asked again after a time-out or a crash. `exchange.under-way` while the home has not answered.
 */
export async function driveExchange(desk: AgentDesk, exchangeId: string, by: EndedBy) {
  const { agent, link, clock } = desk;
  const exchange = (await findExchange(agent.store.read, exchangeId))!;
  if (exchange.state !== 'pinned') return outcomeOf(desk, exchange);
  const answer = await link.request('ticket.rebook', await question(desk, exchange), exchangeId);
  if (answer.ok) return outcomeOf(desk, await finishExchange(agent, exchangeId, answer.value.person, by, clock.now()));
  if (!FINAL.has(answer.refusal.code)) return underWay(exchange);
  const { code, why = code } = answer.refusal as Refusal & { readonly why?: string };
  return outcomeOf(desk, await undoExchange(agent, exchangeId, why, by, clock.now()));
}

/** Goes on with exchanges that nobody waits for any more. */
export async function driveExchanges(desk: AgentDesk, now: EpochMs): Promise<void> {
  for (const { exchangeId } of await waitingExchanges(desk.agent.store.read, now - LEFT_ALONE_MS))
    await driveExchange(desk, exchangeId, null);
}

async function question({ agent }: AgentDesk, exchange: Exchange) {
  const { exchangeId, oldTicketNo, differenceFen, notAfter } = exchange;
  const newTicket = JSON.parse(exchange.newTicket) as TicketBody;
  const trip = await findTrip(agent.store.read, newTicket.tripId);
  invariant(trip, 'the trip of a pinned seat is known', { tripId: newTicket.tripId });
  const { lineCode, vehicleClass } = trip;
  const newTrip = { lineCode, vehicleClass, departsAt: departsAt(trip, newTicket.from) };
  return { exchangeId, ticketNo: oldTicketNo, newTicket, newTrip, differenceFen, notAfter };
}

async function outcomeOf({ agent }: AgentDesk, exchange: Exchange): Promise<Outcome<Rebooked, Refusal>> {
  const { state, oldTicketNo, differenceFen, reason, dueFen } = exchange;
  if (state === 'pinned') return underWay(exchange);
  if (state === 'refused') return refuse({ code: reason ?? 'exchange.refused', ticketNo: oldTicketNo, dueFen });
  if (state === 'too-late') return refuse({ code: 'exchange.too-late', ticketNo: oldTicketNo, dueFen });
  const { ticketNo } = JSON.parse(exchange.newTicket) as TicketBody;
  const row = (await findTicket(agent.store.read, ticketNo))!;
  return done({ oldTicketNo, ticket: await viewOf(agent, row), differenceFen });
}

type Rebooked = {
  readonly oldTicketNo: string;
  readonly ticket: Awaited<ReturnType<typeof viewOf>>;
  readonly differenceFen: number;
};
