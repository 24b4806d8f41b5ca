import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { unboardTicket } from '@lianpiao/agent/boarding/unboard-ticket';
import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { type Day, hasGate, isLive, type KeptTicket } from './day.ts';
import { gateStop } from './timetables.ts';

/** What happens at a gate, in the order of the clock. */
export type GateHour = { readonly at: number; readonly what: 'board' | 'depart'; readonly trip: Trip };

const MINUTE = 60_000;

/** Boarding ten minutes before and departure on time, for each trip that boards at its station. */
export function gateHours(trips: readonly Trip[]): GateHour[] {
  const hours = trips.flatMap((trip): GateHour[] => {
    const stop = gateStop(trip);
    if (stop === undefined) return [];
    const leaves = departsAt(trip, stop);
    return [
      { at: leaves - 10 * MINUTE, what: 'board', trip },
      { at: leaves, what: 'depart', trip },
    ];
  });
  return hours.sort((a, b) => a.at - b.at);
}

/** Most passengers come, whoever sold them their ticket; some are let out again and come back. */
export async function boardAll(day: Day, trip: Trip): Promise<void> {
  const { agent, clerk } = day.station(trip.origin);
  const now = day.clock.now();
  const { tripId } = trip;
  for (const ticket of day.tickets.values()) {
    if (ticket.trip !== trip || !hasGate(ticket) || !isLive(ticket) || day.chance(0.1)) continue;
    const { ticketNo, who, home } = ticket;
    const shown = day.chance(0.5) ? { ticketNo } : { idType: who.idType, idNo: who.idNo };
    const board = () => day.ask(clerk, (call) => boardTicket(agent, call, { tripId, ...shown }, now));
    let boarded = await board();
    if (boarded.ok && day.chance(0.05)) {
      const out = await day.ask(clerk, (call) => unboardTicket(agent, call, ticketNo, now));
      if (!out.ok) throw new Error(`not let out: ${JSON.stringify(out.refusal)}`);
      day.note('unboarded');
      boarded = await board();
    }
    if (!boarded.ok) throw new Error(`${ticketNo} of ${home} not boarded: ${JSON.stringify(boarded.refusal)}`);
    ticket.state = 'boarded';
    day.note(home === 'hub' ? 'channel ticket boarded' : 'station ticket boarded');
  }
}

/** The coach leaves: who is aboard travels, who is not has missed it. */
export async function depart(day: Day, trip: Trip): Promise<void> {
  const { agent, clerk } = day.station(trip.origin);
  const here = [...day.tickets.values()].filter((ticket) => ticket.trip === trip && hasGate(ticket));
  const aboard = here.filter(({ state }) => state === 'boarded');
  const missed = here.filter(isLive);
  const wish = { tripId: trip.tripId };
  const left = await day.ask(clerk, (call) => departTrip(agent, call, wish, day.clock.now()));
  if (!left.ok) throw new Error(`not departed: ${JSON.stringify(left.refusal)}`);
  if (left.value.boarded !== aboard.length || left.value.forfeited !== missed.length) {
    throw new Error(
      `${trip.tripId} left with ${JSON.stringify(left.value)}, not ${aboard.length} and ${missed.length}`,
    );
  }
  day.left.add(trip.tripId);
  for (const ticket of aboard) leaves(day, ticket, 'departed');
  for (const ticket of missed) leaves(day, ticket, 'forfeited');
  day.note('departure');
  day.note('forfeited', missed.length);
}

function leaves(day: Day, ticket: KeptTicket, state: 'departed' | 'forfeited'): void {
  ticket.state = state;
  day.gone.set(ticket.ticketNo, state);
}
