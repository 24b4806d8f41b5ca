import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { releaseSeats } from '@lianpiao/agent/seats/release-seats';
import { sell } from '@lianpiao/agent/tickets/sell';
import { fareOf } from '@lianpiao/shared/domain/fare';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { Held } from '@lianpiao/shared/protocol/ticketing';
import { type Day, hasLeft, type Ride } from './day.ts';

/** A passenger at a counter wants up to three seats, perhaps chosen ones, and buys them, gives them back, or walks away. */
export async function sellAtCounter(day: Day, ride: Ride): Promise<void> {
  const { trip, from, to } = ride;
  const { tripId, origin } = trip;
  const { agent, clerk } = day.station(origin);
  const now = day.clock.now();
  day.model.passTime(now);
  const free = day.model.free(tripId, 'station', from, to);
  const count = 1 + day.upTo(3);
  const seats = chosenSeats(day, ride, free, count);
  const wanted = { tripId, from, to, count, ...(seats ? { seats } : {}) };
  const held = await day.ask(clerk, (call) => holdSeats(agent, call, wanted, now));
  const sellable = isSellable(ride, now);
  const enough = seats ? seats.every((seat) => free.includes(seat)) : free.length >= count;
  if (!held.ok) {
    day.refused('counter hold', held.refusal, [
      ...refusalsOfRide(day, ride, now),
      !enough && !seats && 'seat.sold-out',
      !enough && seats !== undefined && 'seat.taken',
    ]);
    return;
  }
  if (!sellable || !enough) throw new Error(`held what cannot be sold: ${JSON.stringify(wanted)}`);
  const { holdId, expiresAt } = held.value;
  const places = held.value.seats.map((seat) => ({ tripId, seat, from, to }));
  day.model.hold(holdId, 'station', places, expiresAt);
  day.note('counter hold');

  const dice = day.random();
  if (dice < 0.06) day.note('counter hold left behind');
  else if (dice < 0.12) await giveBack(day, held.value, origin);
  else await buy(day, ride, held.value);
}

/** Twelve counters want the same ride at the same moment: as many get a seat as there are, each another one. Nobody buys. */
export async function rush(day: Day, ride: Ride): Promise<void> {
  const { trip, from, to } = ride;
  const { tripId } = trip;
  const { agent, clerk } = day.station(trip.origin);
  const now = day.clock.now();
  day.model.passTime(now);
  if (!isSellable(ride, now)) return;
  const free = day.model.free(tripId, 'station', from, to);
  const wanted = { tripId, from, to, count: 1 };
  const counters = Array.from({ length: 12 }, (_, index) => ({ ...clerk, id: `counter-${index}` }));
  const answers = await Promise.all(
    counters.map((counter) => day.ask(counter, (call) => holdSeats(agent, call, wanted, now))),
  );
  const held = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  if (held.length !== Math.min(free.length, counters.length)) {
    throw new Error(`${held.length} of ${counters.length} counters got one of ${free.length} seats`);
  }
  for (const { holdId, seats, expiresAt } of held) {
    day.model.hold(
      holdId,
      'station',
      seats.map((seat) => ({ tripId, seat, from, to })),
      expiresAt,
    );
  }
  day.note('counter holds at once', held.length);
}

/** Whether anybody may buy this ride at the station now. */
export function isSellable({ trip, from, to }: Ride, now: number): boolean {
  return now < departsAt(trip, from) && fareOf(trip.fares, from, to, 'full', DEFAULT_RULES.fareTypes).ok;
}

function refusalsOfRide(day: Day, ride: Ride, now: number): (string | false)[] {
  const { trip, from, to } = ride;
  const fare = fareOf(trip.fares, from, to, 'full', DEFAULT_RULES.fareTypes);
  return [
    hasLeft(day, ride) && 'trip.departed',
    now >= departsAt(trip, from) && 'trip.sale-closed',
    !fare.ok && fare.refusal.code,
  ];
}

/** Mostly the station's own choice; else seats that are free, and now and then one that is not. */
function chosenSeats(day: Day, { trip }: Ride, free: readonly string[], count: number): string[] | undefined {
  if (count === 1 && day.chance(0.15)) return [day.pick(trip.seats)!];
  return day.chance(0.15) && free.length >= count ? free.slice(-count) : undefined;
}

async function giveBack(day: Day, { holdId }: Held, station: string): Promise<void> {
  const { agent, clerk } = day.station(station);
  const released = await day.ask(clerk, (call) => releaseSeats(agent, call, holdId, day.clock.now()));
  if (!released.ok) throw new Error(released.refusal.code);
  day.model.endHold(holdId);
  day.note('counter release');
}

async function buy(day: Day, { trip, from, to }: Ride, held: Held): Promise<void> {
  const { agent, clerk } = day.station(trip.origin);
  const now = day.clock.now();
  const travellers = held.seats.map(() => day.traveller());
  const fareType = day.chance(0.1) ? ('privilegeHalf' as const) : ('full' as const);
  const print = day.chance(0.7);
  const sale = {
    holdId: held.holdId,
    passengers: travellers.map((who) => ({ ...who, fareType })),
    payMethod: 'cash' as const,
    insuranceFenEach: day.chance(0.2) ? 300 : 0,
    print,
  };
  const sold = await day.ask(clerk, (call) => sell(agent, call, sale, now));
  if (!sold.ok) throw new Error(`not sold: ${JSON.stringify(sold.refusal)}`);
  day.model.endHold(held.holdId);
  for (const [index, { ticketNo, seat }] of sold.value.tickets.entries()) {
    day.model.claim(ticketNo, 'station', { tripId: trip.tripId, seat, from, to });
    const kept = { ticketNo, home: trip.origin, trip, from, to, seat, who: travellers[index]!, soldAt: now };
    day.keep({ ...kept, printed: print, rebooked: false, pickupCode: null, state: 'sold' });
  }
  day.cash(trip.origin, sold.value.totalFen);
  day.note('counter ticket', sold.value.tickets.length);
}
