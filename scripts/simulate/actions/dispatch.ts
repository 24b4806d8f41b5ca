import { mergeTrips } from '@lianpiao/agent/dispatch/merge-trips';
import { seatPassenger } from '@lianpiao/agent/dispatch/seat-passenger';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { seatPassenger as seatAtHub } from '@lianpiao/hub/overflow/seat-passenger';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import { WEB } from '../province/hub-node.ts';
import type { Run } from '../province/run-state.ts';
import { CLERK } from '../province/station-node.ts';
import { openTrips, SEATS_WITH_CHILD } from './rides.ts';

/** Seats of a coach that takes another one's place: fewer than were on sale, as many, or more. */
const SEATS_MIN = 3;
const SEATS_MORE = 6;

/** 换车: another coach runs the trip, with seats of other names, or other numbers of them. */
export function substituteOne(run: Run): void {
  const trip = run.pick(openTrips(run));
  if (!trip) return;
  run.begin(`another coach for ${trip.tripId}`, () => substitute(run, trip));
}

/** What becomes of a trip that gets another coach, in words. */
export async function substitute(run: Run, trip: Trip): Promise<string> {
  const { tripId, origin } = trip;
  const seats = aPlan(run);
  // A dispatcher who knows better names some moves: whoever is not named has no seat.
  const moves = run.chance(0.2) ? pairs(run, trip.seats, seats) : undefined;
  const done = await run.ask(run.station(origin), CLERK, ({ agent, desk }, call) =>
    substituteVehicle(agent, call, { tripId, seats, moves }, desk.clock.now()),
  );
  if (!done.ok) return done.refusal.code;
  run.planned(tripId, seats);
  run.journal.count('vehicles substituted');
  run.journal.count('passengers left over', done.value.leftOver.length);
  return `${seats.join()}, without seat ${done.value.leftOver.join()}`;
}

/** 并班: the passengers of a trip ride on another one of the same station and day. */
export function mergeOne(run: Run): void {
  const trip = run.pick(openTrips(run));
  const into = trip && run.pick(openTrips(run, trip.origin).filter(({ stops }) => stops.length >= trip.stops.length));
  if (!trip || !into || trip === into) return;
  const { tripId, origin } = trip;
  const seats = run.chance(0.5) ? aPlan(run) : undefined;
  run.begin(`${tripId} into ${into.tripId}`, async () => {
    const done = await run.ask(run.station(origin), CLERK, ({ agent, desk }, call) =>
      mergeTrips(agent, call, { tripId, into: into.tripId, seats }, desk.clock.now()),
    );
    if (!done.ok) return done.refusal.code;
    run.merged.set(tripId, into.tripId);
    if (seats) run.planned(into.tripId, seats);
    run.journal.count('trips merged');
    return `without seat ${done.value.leftOver.join()}`;
  });
}

/** 补座: somebody without a seat gets one of the station. */
export function seatOne(run: Run): void {
  const station = run.pick(run.stations)!;
  run.begin(`seats somebody at ${station.name}`, async () => {
    const listed = await run.untilAnswered(station, ({ agent }) => listOverflow(agent));
    const ticketNo = run.pick(listed)?.ticket.ticketNo;
    if (ticketNo === undefined) return 'nobody is without';
    const seated = await run.ask(station, CLERK, ({ agent, desk }, call) =>
      seatPassenger(agent, call, { ticketNo }, desk.clock.now()),
    );
    if (!seated.ok) return seated.refusal.code;
    run.journal.count('passengers seated');
    return `${ticketNo} ${seated.value.state} ${seated.value.seat}`;
  });
}

/** The same at the centre, with a seat of the hub. */
export function seatOneAtHub(run: Run): void {
  run.begin('seats somebody at the hub', async () => {
    const listed = await run.untilAnswered(run.hub, ({ hub }) => listOverflow(hub));
    const ticketNo = run.pick(listed.filter(({ ticket }) => ticket.home === 'hub'))?.ticket.ticketNo;
    if (ticketNo === undefined) return 'nobody is without';
    const seated = await run.untilAnswered(run.hub, ({ hub }) => seatAtHub(hub, WEB, { ticketNo }, hub.clock.now()));
    if (!seated.ok) return seated.refusal.code;
    run.journal.count('passengers seated');
    return `${ticketNo} ${seated.value.seat}`;
  });
}

/** Labels of a coach: mostly numbers, which mean other seats than before, or rows and letters. */
function aPlan(run: Run): string[] {
  const count = run.chance(0.2) ? SEATS_WITH_CHILD : SEATS_MIN + run.upTo(SEATS_MORE);
  const lettered = run.chance(0.3);
  return Array.from({ length: count }, (_, index) =>
    lettered ? `${1 + (index >> 1)}${'AB'[index % 2]}` : String(index + 1).padStart(2, '0'),
  );
}

function pairs(run: Run, from: readonly string[], to: readonly string[]) {
  const shift = run.upTo(to.length);
  return from.slice(0, to.length).map((seat, index) => ({ seat, to: to[(index + shift) % to.length]! }));
}
