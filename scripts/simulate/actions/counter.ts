import { holdOrRecall } from '@lianpiao/agent/seats/hold-or-recall';
import { releaseSeats } from '@lianpiao/agent/seats/release-seats';
import { rebookTicket } from '@lianpiao/agent/tickets/rebook-ticket';
import { quoteAnywhere, refundAnywhere } from '@lianpiao/agent/tickets/refund-anywhere';
import { sell } from '@lianpiao/agent/tickets/sell';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { type KnownTicket, type Run, soldTicket } from '../province/run-state.ts';
import { CLERK } from '../province/station-node.ts';
import { someRide } from './rides.ts';
import { travellers } from './travellers.ts';

const MINUTE = 60_000;

/** Somebody buys at a counter, gives the seats back, or walks away. */
export function buyAtCounter(run: Run): void {
  const station = run.pick(run.stations)!;
  const ride = someRide(run, station.name);
  if (!ride) return;
  const { trip, from, to } = ride;
  const { tripId } = trip;
  const count = 1 + run.upTo(2);
  // A chosen seat may be anybody's: also one that the hub owns.
  const chosen = run.chance(0.3) ? { count: 1, seats: [run.pick(trip.seats)!] } : { count };
  const dice = run.time.random();
  const print = run.chance(0.5);
  const insuranceFenEach = run.chance(0.2) ? 300 : 0;
  run.begin(`counter sale at ${station.name}`, async () => {
    const wish = { tripId, from, to, ...chosen };
    const held = await run.ask(station, CLERK, ({ desk, recalls }, call) => holdOrRecall(desk, recalls, call, wish));
    if (!held.ok) return held.refusal.code;
    const { holdId, seats } = held.value;
    if (dice < 0.1) return `holds ${seats.join()} of ${tripId} and walks away`;
    if (dice < 0.2) {
      await run.ask(station, CLERK, ({ agent, desk }, call) => releaseSeats(agent, call, holdId, desk.clock.now()));
      return `gives ${seats.join()} of ${tripId} back`;
    }
    const passengers = travellers(run, seats);
    const sale = { holdId, passengers, payMethod: 'cash' as const, insuranceFenEach, print };
    const sold = await run.ask(station, CLERK, ({ agent, desk }, call) => sell(agent, call, sale, desk.clock.now()));
    if (!sold.ok) return sold.refusal.code;
    for (const [index, { ticketNo, seat }] of sold.value.tickets.entries())
      run.told(soldTicket({ ticketNo, seat }, passengers[index]!, { trip, from, to }, station.name));
    run.journal.count('counter tickets', passengers.length);
    if (passengers.length > seats.length) run.journal.count('free children at counters');
    return `buys ${seats.join()} of ${tripId} ${from}-${to}`;
  });
}

/** Tickets of a home that are still good for a ride that has not begun. */
export function someTicket(run: Run, good: (ticket: KnownTicket) => boolean): KnownTicket | undefined {
  const found = [...run.tickets.values()].filter(
    (ticket) =>
      (ticket.state === 'sold' || ticket.state === 'collected') &&
      departsAt(ticket.trip, ticket.from) > run.time.wall - 30 * MINUTE &&
      good(ticket),
  );
  return run.pick(found);
}

export function voidOne(run: Run): void {
  const ticket = someTicket(run, ({ home }) => home !== 'hub');
  if (!ticket) return;
  const station = run.station(ticket.home);
  run.begin(`void ${ticket.ticketNo}`, async () => {
    const voided = await run.ask(station, CLERK, ({ agent, desk }, call) =>
      voidTicket(agent, call, ticket.ticketNo, desk.clock.now()),
    );
    if (!voided.ok) return voided.refusal.code;
    ticket.state = 'voided';
    run.journal.count('voids');
    return 'voided';
  });
}

/** At any station, whatever the home of the ticket. */
export function refundAtCounter(run: Run): void {
  const ticket = someTicket(run, () => true);
  if (!ticket) return;
  const { ticketNo, home } = ticket;
  const station = home !== 'hub' && run.chance(0.5) ? run.station(home) : run.pick(run.stations)!;
  run.begin(`refund ${ticketNo} of ${home} at ${station.name}`, async () => {
    const quote = await run.untilAnswered(station, ({ desk }) => quoteAnywhere(desk, CLERK, ticketNo));
    if (!quote.ok) return `quote: ${quote.refusal.code}`;
    const { quoteId } = quote.value;
    const refunded = await run.ask(
      station,
      CLERK,
      ({ desk }, call) => refundAnywhere(desk, call, { ticketNo, quoteId }),
      false,
    );
    if (!refunded.ok) return refunded.refusal.code;
    ticket.state = 'refunded';
    run.journal.count(home === station.name ? 'refunds at home' : 'refunds elsewhere');
    return `refunded ${refunded.value.payout}`;
  });
}

export function rebookOne(run: Run): void {
  // Only its home may: at its gate, where the hub's ticket is known too, the answer is no.
  const elsewhere = run.chance(0.2);
  const ticket = someTicket(run, ({ home }) => (home === 'hub') === elsewhere);
  const home = elsewhere ? ticket?.trip.origin : ticket?.home;
  const ride = home === undefined ? undefined : someRide(run, home);
  if (!ticket || home === undefined || !ride) return;
  const { ticketNo } = ticket;
  const { trip, from, to } = ride;
  run.begin(`rebook ${ticketNo}`, async () => {
    const wish = { ticketNo, tripId: trip.tripId, from, to };
    const rebooked = await run.ask(run.station(home), CLERK, ({ agent, desk }, call) =>
      rebookTicket(agent, call, wish, desk.clock.now()),
    );
    if (!rebooked.ok) return rebooked.refusal.code;
    ticket.state = 'rebooked';
    run.told(soldTicket(rebooked.value.ticket, ticket.who, { trip, from, to }, home));
    run.journal.count('rebookings');
    return `to ${rebooked.value.ticket.seat} of ${trip.tripId}`;
  });
}
