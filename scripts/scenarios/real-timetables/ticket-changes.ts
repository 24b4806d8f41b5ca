import { collectAnywhere } from '@lianpiao/agent/tickets/collect-anywhere';
import { rebookTicket } from '@lianpiao/agent/tickets/rebook-ticket';
import { quoteAnywhere, refundAnywhere } from '@lianpiao/agent/tickets/refund-anywhere';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { quoteRefund } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket } from '@lianpiao/hub/orders/refund-ticket';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { type ChannelSales, WEB } from './channel-sales.ts';
import { isSellable } from './counter-sales.ts';
import type { Day, KeptTicket } from './day.ts';

const MINUTE = 60_000;

/** A clerk takes back what was just sold by mistake. */
export async function voidOne(day: Day): Promise<void> {
  const now = day.clock.now();
  const ticket = day.someTicket((each) => each.home !== 'hub' && !each.rebooked && now - each.soldAt <= 30 * MINUTE);
  if (!ticket) return;
  const { agent, clerk } = day.station(ticket.home);
  const voided = await day.ask(clerk, (call) => voidTicket(agent, call, ticket.ticketNo, now));
  if (!voided.ok) throw new Error(`not voided: ${JSON.stringify(voided.refusal)}`);
  ticket.state = 'voided';
  day.model.end(ticket.ticketNo);
  day.cash(ticket.home, -voided.value.payoutFen);
  day.note('void');
}

/** A passenger gets the money back at a counter of any station, whatever the home of the ticket. */
export async function refundAtCounter(day: Day, channel: ChannelSales): Promise<void> {
  const ticket = day.someTicket(() => true);
  if (!ticket) return;
  const at = day.pick([...day.province.stations.keys()])!;
  const { desk, clerk } = day.station(at);
  const { ticketNo, home } = ticket;
  // Another station can be asked once the hub has heard of the sale.
  if (home !== at) await day.carry();
  const quote = await quoteAnywhere(desk, clerk, ticketNo);
  if (!quote.ok) throw new Error(`not quoted: ${JSON.stringify(quote.refusal)}`);
  const { quoteId, refundFen } = quote.value;
  const refunded = await day.ask(clerk, (call) => refundAnywhere(desk, call, { ticketNo, quoteId }));
  if (!refunded.ok || refunded.value.payout !== 'paid') throw new Error(`not refunded: ${JSON.stringify(refunded)}`);
  ticket.state = 'refunded';
  day.cash(at, -refundFen);
  if (home === 'hub') await channel.refunded(ticketNo);
  else day.model.end(ticketNo);
  day.note(
    home === at
      ? 'refund at home'
      : home === 'hub'
        ? 'refund of a channel ticket in cash'
        : 'refund at another station',
  );
}

/** A passenger gives a ticket of a channel back on line, where that is still open. */
export async function refundOnLine(day: Day, channel: ChannelSales): Promise<void> {
  const { hub } = day.province;
  const now = day.clock.now();
  const ticket = day.someTicket(({ home }) => home === 'hub');
  if (!ticket) return;
  const { ticketNo } = ticket;
  const quote = await quoteRefund(hub, { ticketNo, channel: 'web', overrule: null }, now);
  if (!quote.ok) {
    const late = now > departsAt(ticket.trip, ticket.from) - 24 * 60 * MINUTE;
    day.refused('refund on line', quote.refusal, [late && 'refund.counter-only']);
    return;
  }
  const wish = { ticketNo, quoteId: quote.value.quoteId, payer: 'original' };
  const refunded = await day.ask(WEB, (call) => refundTicket(hub, call, wish, now));
  if (!refunded.ok) throw new Error(`not refunded: ${JSON.stringify(refunded.refusal)}`);
  ticket.state = 'refunded';
  await channel.refunded(ticketNo);
  day.note('refund on line');
}

/** 改签 at the ticket's own station, to another ride of the line, perhaps of the same trip. */
export async function rebookOne(day: Day): Promise<void> {
  const now = day.clock.now();
  day.model.passTime(now);
  const old = day.someTicket(({ home, rebooked }) => home !== 'hub' && !rebooked);
  if (!old) return;
  const { agent, clerk } = day.station(old.home);
  const { origin, lineCode, vehicleClass } = old.trip;
  const sameLine = day.trips.filter(
    (trip) => trip.origin === origin && trip.lineCode === lineCode && trip.vehicleClass === vehicleClass,
  );
  const ride = day.ride(sameLine);
  const { trip, from, to } = ride;
  const { tripId } = trip;
  const free = day.model.free(tripId, 'station', from, to);
  const wish = { ticketNo: old.ticketNo, tripId, from, to };
  const rebooked = await day.ask(clerk, (call) => rebookTicket(agent, call, wish, now));
  if (!rebooked.ok) {
    if (isSellable(ride, now) && free.length > 0) throw new Error(`not rebooked: ${JSON.stringify(rebooked.refusal)}`);
    day.note(`rebook: ${rebooked.refusal.code}`);
    return;
  }
  const { ticket, differenceFen } = rebooked.value;
  const { ticketNo, seat } = ticket;
  // The new seat is taken while the old one is still his.
  day.model.claim(ticketNo, 'station', { tripId, seat, from, to });
  day.model.end(old.ticketNo);
  old.state = 'rebooked';
  const kept = { ticketNo, home: old.home, trip, from, to, seat, who: old.who, soldAt: now };
  day.keep({ ...kept, printed: true, rebooked: true, pickupCode: null, state: 'sold' });
  day.cash(old.home, differenceFen);
  day.note('rebook');
}

/** 取票 at a counter of any station, with the document or with the order's code. */
export async function collectOne(day: Day): Promise<void> {
  const ticket = day.someTicket(({ printed, state }) => !printed && state === 'sold');
  if (!ticket) return;
  const at = ticket.home === 'hub' ? day.pick([...day.province.stations.keys()])! : ticket.home;
  const { desk, clerk } = day.station(at);
  const wish = { proof: proofOf(day, ticket), ticketNos: [ticket.ticketNo] };
  const collected = await day.ask(clerk, (call) => collectAnywhere(desk, call, wish));
  if (!collected.ok || collected.value.printJobs.length !== 1)
    throw new Error(`not collected: ${JSON.stringify(collected)}`);
  ticket.state = 'collected';
  day.note(ticket.home === 'hub' ? 'channel ticket collected' : 'station ticket collected');
}

function proofOf(day: Day, { pickupCode, who }: KeptTicket) {
  return pickupCode !== null && day.chance(0.5) ? { pickupCode } : { idType: who.idType, idNo: who.idNo };
}
