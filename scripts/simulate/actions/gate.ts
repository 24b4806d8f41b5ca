import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { unboardTicket } from '@lianpiao/agent/boarding/unboard-ticket';
import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { listUncertain } from '@lianpiao/agent/seats/list-uncertain';
import { releaseUncertain } from '@lianpiao/agent/seats/release-uncertain';
import { collectAnywhere } from '@lianpiao/agent/tickets/collect-anywhere';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { BoardInput } from '@lianpiao/shared/protocol/ticketing';
import { checkBoarded } from '../checks/ticket-checks.ts';
import { isLive, type KnownTicket, type Run } from '../province/run-state.ts';
import { CLERK } from '../province/station-node.ts';
import { orderOnLine } from './channel.ts';
import { codeOf } from './codes.ts';
import { someTicket } from './counter.ts';
import { substitute } from './dispatch.ts';
import { openGates } from './rides.ts';

const MINUTE = 60_000;

/** Somebody comes to the gate of a coach that leaves soon, with paper or by name. */
export function boardOne(run: Run): void {
  const ticket = someTicket(run, (each) => {
    return run.gateOf(each) !== null && departsAt(each.trip, each.from) < run.time.wall + 30 * MINUTE;
  });
  const gate = ticket && run.gateOf(ticket);
  if (!ticket || !gate) return;
  const { ticketNo } = ticket;
  const late = run.chance(0.3);
  const shown = run.chance(0.5) ? { qr: codeOf(run, ticket) } : { ticketNo };
  run.begin(`board ${ticketNo}`, () => board(run, ticket, gate, { ...shown, late }));
}

type Shown = Pick<BoardInput, 'qr' | 'ticketNo'> & { readonly late: boolean };

async function board(run: Run, ticket: KnownTicket, gate: string, shown: Shown): Promise<string> {
  const wish = { tripId: run.rideOf(ticket), ...shown };
  const boarded = await run.ask(run.station(gate), CLERK, ({ agent, desk }, call) =>
    boardTicket(agent, call, wish, desk.clock.now()),
  );
  if (!boarded.ok) return boarded.refusal.code;
  ticket.state = 'boarded';
  run.journal.count('boardings');
  if (boarded.value.offline) run.journal.count('boardings by code alone');
  if (gate !== ticket.trip.origin) run.journal.count('boardings at a boarding point');
  checkBoarded(run, ticket, gate);
  return 'boarded';
}

/** A coach is boarded so long before it leaves, in ms. */
const BOARDS_MS = 20 * MINUTE;

/**
 * The gate is off line when the hub sells a seat and the station sends another coach: all that it knows of the passenger is a
 * code, in a seat plan that is over.
 */
export function boardByOldCode(run: Run): void {
  const gate = run.pick(
    openGates(run).filter(({ trip, stop, station }) => {
      return station === trip.origin && departsAt(trip, stop) > run.time.wall + 2 * BOARDS_MS;
    }),
  );
  if (!gate) return;
  const { trip, stop: from, station } = gate;
  run.broker.cut(station, true);
  run.begin(`codes of ${trip.tripId} at a gate off line`, async () => {
    const before = new Set(run.tickets.keys());
    await orderOnLine(run, { trip, from, to: from + 1 + run.upTo(trip.stops.length - 1 - from) }, 1);
    const bought = [...run.tickets.values()].filter(({ ticketNo }) => !before.has(ticketNo));
    const ticket = bought.find((each) => each.trip.tripId === trip.tripId && each.home === 'hub');
    if (!ticket) return 'nobody has a code';
    const planned = await substitute(run, trip);
    run.time.wallOffsetMs += Math.max(0, departsAt(trip, from) - BOARDS_MS - run.time.wall);
    return `${planned}: ${await board(run, ticket, station, { qr: codeOf(run, ticket), late: false })}`;
  });
}

export function departOne(run: Run): void {
  const soon = openGates(run).filter(({ trip, stop }) => departsAt(trip, stop) < run.time.wall + 5 * MINUTE);
  const gate = run.pick(soon);
  if (!gate) return;
  const { station, trip } = gate;
  const { tripId } = trip;
  run.begin(`depart ${tripId} at ${station}`, async () => {
    const left = await run.ask(run.station(station), CLERK, ({ agent, desk }, call) =>
      departTrip(agent, call, { tripId }, desk.clock.now()),
    );
    if (!left.ok) return left.refusal.code;
    run.journal.count('departures');
    return `with ${left.value.boarded}, without ${left.value.forfeited}`;
  });
}

/** 退检: somebody was let through by mistake. From here on nobody can say what the ticket is. */
export function unboardOne(run: Run): void {
  const ticket = run.pick([...run.tickets.values()].filter(({ state }) => state === 'boarded'));
  if (!ticket) return;
  const { ticketNo } = ticket;
  const gate = run.gateOf(ticket)!;
  ticket.state = 'sold';
  run.begin(`unboard ${ticketNo}`, async () => {
    const undone = await run.ask(run.station(gate), CLERK, ({ agent, desk }, call) =>
      unboardTicket(agent, call, ticketNo, desk.clock.now()),
    );
    if (!undone.ok) return undone.refusal.code;
    run.journal.count('boardings undone');
    return 'may board again';
  });
}

/** A passenger fetches the paper at any counter, with a document. */
export function collectOne(run: Run): void {
  const ticket = someTicket(run, ({ state, who }) => state === 'sold' && who !== undefined);
  if (!ticket?.who) return;
  const { ticketNo, home, who } = ticket;
  const station = home === 'hub' ? run.station(ticket.trip.origin) : run.pick(run.stations)!;
  const wish = { proof: { idType: who.idType, idNo: who.idNo } as never, ticketNos: [ticketNo] };
  run.begin(`collect ${ticketNo} of ${home} at ${station.name}`, async () => {
    const handed = await run.ask(station, CLERK, ({ desk }, call) => collectAnywhere(desk, call, wish), false);
    if (!handed.ok) return handed.refusal.code;
    run.journal.count('collections');
    return 'has the paper';
  });
}

/** After a restore a supervisor compares seats with stubs, and puts those on sale again that nobody has a ticket for. */
export function releaseUncertainSeats(run: Run): void {
  const station = run.pick(run.stations.filter(({ name }) => run.restored.has(name)));
  if (!station || run.underWay.size > 0) return;
  run.begin(`release seats at ${station.name}`, async () => {
    const [first] = await run.untilAnswered(station, ({ agent }) => listUncertain(agent));
    if (!first) return 'nothing to release';
    const { tripId, seat, legs } = first;
    const stubs = [...run.tickets.values()].filter((stub) => run.rideOf(stub) === tripId && isLive(stub.state));
    if (stubs.some((stub) => run.mayHave(stub, { seat, legs: Number(legs) }))) return `${seat} has a stub`;
    const released = await run.ask(station, CLERK, ({ agent, desk }, call) =>
      releaseUncertain(agent, call, { tripId, seats: [seat] }, desk.clock.now()),
    );
    if (!released.ok) return released.refusal.code;
    run.journal.count('seats released');
    return `${seat} of ${tripId}`;
  });
}
