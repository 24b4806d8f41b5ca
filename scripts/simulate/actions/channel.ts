import { createOrder } from '@lianpiao/hub/orders/create-order';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { paymentNotified } from '@lianpiao/hub/orders/payment-notified';
import { orderById } from '@lianpiao/hub/orders/query-orders';
import { quoteRefund } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket } from '@lianpiao/hub/orders/refund-ticket';
import { releaseSeats } from '@lianpiao/hub/orders/release-seats';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { WEB } from '../province/hub-node.ts';
import { type Rider, type Run, soldTicket } from '../province/run-state.ts';
import { someTicket } from './counter.ts';
import { type Ride, someRide } from './rides.ts';
import { travellers } from './travellers.ts';

/** How long somebody looks whether an order has become tickets, in ms of waiting. */
const LOOK_MS = 500;
const LOOKS = 6;

/** Who sits where. */
type Riders = ReadonlyMap<string, Rider>;

/** Somebody buys on line: holds, orders, and pays once, twice, late or never. */
export function buyOnLine(run: Run): void {
  const ride = someRide(run);
  if (ride) run.begin(`order on line`, () => orderOnLine(run, ride, run.time.random()));
}

/** What becomes of an order, in words. `dice` below 1 decides whether the customer pays, and how often the provider says so. */
export async function orderOnLine(run: Run, ride: Ride, dice: number): Promise<string> {
  const { trip, from, to } = ride;
  const { tripId } = trip;
  const wish = { tripId, from, to, count: 1 + run.upTo(2) };
  const held = await run.ask(run.hub, WEB, ({ hub }, call) => holdSeats(hub, call, wish, hub.clock.now()), false);
  if (!held.ok) return held.refusal.code;
  const { holdId, seats } = held.value;
  if (dice < 0.1) {
    await run.ask(run.hub, WEB, ({ hub }, call) => releaseSeats(hub, call, holdId, hub.clock.now()));
    return `gives ${seats.join()} of ${tripId} back`;
  }
  const passengers = travellers(run, seats);
  const contact = { name: '测试甲', phone: '13800000000' };
  const order = { holdId, passengers, contact };
  const made = await run.ask(run.hub, WEB, ({ hub }, call) => createOrder(hub, call, order, hub.clock.now()), false);
  if (!made.ok) return made.refusal.code;
  const { payment } = made.value;
  if (dice < 0.2) return `orders ${seats.join()} of ${tripId} and never pays`;
  await pay(run, payment.paymentId, dice);
  const riders: Riders = new Map(passengers.flatMap((rider) => (rider.seat ? [[rider.seat, rider] as const] : [])));
  return readTickets(run, made.value.order.orderId, ride, riders);
}

/** The provider takes the money; its word to the hub may be lost, doubled or late. */
async function pay(run: Run, paymentId: string, dice: number): Promise<void> {
  await run.pause(run.upTo(2_000));
  const notices = [run.payer.pay(paymentId), dice > 0.9 ? run.payer.pay(paymentId) : undefined];
  for (const notice of notices) {
    if (!notice || dice < 0.3) continue;
    for (let time = 0; time < (dice > 0.8 ? 2 : 1); time += 1)
      await run.untilAnswered(run.hub, ({ hub }) => paymentNotified(hub, notice, hub.clock.now()));
  }
}

/**
 * A hub whose clock ran ahead stops asking about a payment while its page is still open. Then only the provider's word,
 * which is repeated, brings the money to light.
 */
export function repeatNotices(run: Run): void {
  for (const notice of run.payer.notices)
    run.begin(`notice of ${notice.providerRef} again`, async () => {
      await run.untilAnswered(run.hub, ({ hub }) => paymentNotified(hub, notice, hub.clock.now()));
      return 'heard';
    });
}

async function readTickets(run: Run, orderId: string, ride: Ride, riders: Riders): Promise<string> {
  for (let look = 0; look < LOOKS; look += 1) {
    const found = await run.untilAnswered(run.hub, ({ hub }) => orderById(hub, orderId));
    if (!found.ok && run.restored.has(run.hub.name)) return 'the order went with the disk of the hub';
    if (!found.ok) throw new Error(`an order is gone: ${orderId}`);
    const { state, tickets } = found.value;
    if (state === 'ticketed') {
      for (const ticket of tickets) run.told(soldTicket(ticket, riders.get(ticket.seat), ride, 'hub'));
      run.journal.count('channel tickets', tickets.length);
      if (tickets.some(({ seat }) => isPseudoSeat(seat))) run.journal.count('free children on line');
      return `has ${tickets.map(({ seat }) => seat).join()} of ${ride.trip.tripId}`;
    }
    if (state === 'autoRefund') return 'gets the money back';
    await run.pause(LOOK_MS);
  }
  return 'does not know what became of it';
}

export function refundOnLine(run: Run): void {
  const ticket = someTicket(run, ({ home }) => home === 'hub');
  if (!ticket) return;
  const { ticketNo } = ticket;
  // On line a ticket goes back a day before: later the console overrules.
  const wish = { ticketNo, channel: 'counter' as const, overrule: null };
  run.begin(`refund ${ticketNo} on line`, async () => {
    const quote = await run.untilAnswered(run.hub, ({ hub }) => quoteRefund(hub, wish, hub.clock.now()));
    if (!quote.ok) return quote.refusal.code;
    const { quoteId } = quote.value;
    const refunded = await run.ask(run.hub, WEB, ({ hub }, call) =>
      refundTicket(hub, call, { ticketNo, quoteId, payer: 'original' }, hub.clock.now()),
    );
    if (!refunded.ok) return refunded.refusal.code;
    ticket.state = 'refunded';
    run.journal.count('refunds on line');
    return 'refunded';
  });
}
