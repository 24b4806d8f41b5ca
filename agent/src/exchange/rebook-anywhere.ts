import type { Call } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { AgentDesk } from '../agent-desk.ts';
import { linkKey } from '../tickets/link-key.ts';
import type { RebookWish } from '../tickets/new-ride.ts';
import { rebookTicket } from '../tickets/rebook-ticket.ts';
import { driveExchange } from './drive-exchange.ts';
import { findExchange } from './exchange-rows.ts';
import { pinExchange } from './pin-exchange.ts';

/**
 * 改签 of a ticket of any home onto a seat of this station. A ticket of its own is one transaction. For another home's this
 * station coordinates: the new seat is pinned first, then the home ends the old ticket, which commits the exchange, then the
 * new ticket is good. So at every instant the passenger has one ride, and no seat has two.
 */
export async function rebookAnywhere(desk: AgentDesk, call: Call, wish: RebookWish) {
  const { agent, link, clock } = desk;
  const known = await findTicket(agent.store.read, wish.ticketNo);
  if (known?.home === agent.station.code) return rebookTicket(agent, call, wish, clock.now());
  const exchangeId = linkKey(call);
  if (!(await findExchange(agent.store.read, exchangeId))) {
    const old = await link.request('ticket.view', { ticketNo: wish.ticketNo });
    if (!old.ok) return old;
    const pinned = await pinExchange(agent, call, wish, old.value, clock.now());
    if (!pinned.ok) return pinned;
  }
  return driveExchange(desk, exchangeId, call.caller);
}
