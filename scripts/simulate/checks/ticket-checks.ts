import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { AnyNode } from '../province/node.ts';
import { isLive, type KnownTicket, type Run } from '../province/run-state.ts';
import { rows } from './rows.ts';
import { type Place, SeatPlans } from './seat-plans.ts';

type Ticket = {
  readonly ticketNo: string;
  readonly state: string;
  readonly home: string;
  readonly fromStop: number;
} & Readonly<Record<'tripId' | 'seat', string> & Record<'epoch' | 'legs' | 'fareFen' | 'insuranceFen', number>>;

const TICKETS =
  'SELECT ticket_no AS ticketNo, state, home, trip_id AS tripId, epoch, seat, legs, from_stop AS fromStop, fare_fen AS fareFen, insurance_fen AS insuranceFen FROM tickets';
const BOARDED = 'SELECT trip_id AS tripId, epoch, seat, legs FROM tickets WHERE ticket_no = ?';
const UNPROVEN = "SELECT 1 FROM sale_stops WHERE cause = 'continuity'";
const ENDED = "SELECT ticket_no AS no FROM tickets WHERE state IN ('refunded', 'voided', 'rebooked')";
const CONTESTED = "SELECT subject AS no FROM alarms WHERE code = 'ticket.boarded-after-end'";
const KNOWN = 'SELECT 1 FROM tickets WHERE ticket_no = ?';
const BY_PAPER = "SELECT ticket_no AS no FROM tickets WHERE order_id LIKE 'qr-%'";
const ENDS = ['refunded', 'voided', 'rebooked'];
/** What a ticket may be once its holder was told that it is this. */
const MAY_BE: Readonly<Record<KnownTicket['state'], readonly string[] | undefined>> = {
  sold: undefined,
  collected: undefined,
  boarded: ['boarded', 'departed', 'refunded'],
  voided: ['voided'],
  refunded: ['refunded'],
  rebooked: ['rebooked'],
};

/** Nothing that a caller was told is lost, and I5: a number is given once. */
export function checkTold(run: Run): void {
  const found = new Map<string, Ticket>();
  for (const node of run.nodes.filter((each) => !isStale(run, each))) {
    for (const ticket of homesAt(node)) {
      if (found.has(ticket.ticketNo)) run.journal.violated('I5 a number at two homes', ticket);
      found.set(ticket.ticketNo, ticket);
    }
  }
  for (const node of run.stations.filter((each) => isStale(run, each)))
    for (const ticket of homesAt(node)) if (!found.has(ticket.ticketNo)) found.set(ticket.ticketNo, ticket);
  const known = new Map(
    run.nodes.map((node) => [node.name, new Map(rows<Ticket>(node, TICKETS).map((row) => [row.ticketNo, row]))]),
  );
  for (const told of run.tickets.values()) {
    const at = (name: string | null) => (name === null ? undefined : known.get(name)?.get(told.ticketNo));
    const gate = at(run.gateOf(told));
    // While a home is under way, its gate, or who gave the ticket out, still shows it.
    const row = found.get(told.ticketNo) ?? gate ?? at(told.home);
    const state = (told.state === 'boarded' ? gate : row)?.state;
    const fits = row !== undefined && state !== undefined && (MAY_BE[told.state]?.includes(state) ?? true);
    const { ticketNo, home, mayBeLost } = told;
    if (!fits && !mayBeLost)
      run.journal.violated('what a caller was told is lost', {
        ticketNo,
        home,
        told: told.state,
        found: state ?? null,
      });
  }
}

const homesAt = (node: AnyNode) => rows<Ticket>(node, TICKETS).filter(({ home }) => home === node.name);

/** A restored station may have given homes away in what it has lost: it ends no ticket before it has that back. */
function isStale(run: Run, node: AnyNode): boolean {
  const station = run.stations.find(({ name }) => name === node.name);
  return (
    station !== undefined && run.restored.has(node.name) && (station.life.dead || rows(station, UNPROVEN).length > 0)
  );
}

/** The gate has let a passenger in to the seat that the ticket has in the newest plan, whatever plan its code is from. */
export function checkBoarded(run: Run, { ticketNo, trip, told }: KnownTicket, gate: string): void {
  const plans = new SeatPlans([run.station(trip.origin), run.hub]);
  const [row] = rows<Place>(run.station(gate), BOARDED, ticketNo);
  const meant = plans.seatsOf(told) === told.plan ? plans.whole(told) : undefined;
  const seat = row && plans.whole(row)?.seat;
  // Who had lost the seat to a plan has been given another one.
  if (meant && seat !== undefined && seat !== meant.seat)
    run.journal.violated('boarded on the seat of somebody else', { ticketNo, gate, meant, seat });
}

/** I3 among passengers, at rest: nobody holds a ticket for a seat that somebody else has a ticket for, lost rows or not. */
export function checkPassengers(run: Run): void {
  const ended = new Set(run.nodes.flatMap((node) => rows<{ readonly no: string }>(node, ENDED)).map(({ no }) => no));
  const riders = new Map<string, Seated[]>();
  for (const ticket of run.tickets.values()) {
    // Who asked for a refund elsewhere may not have heard the yes: the row knows.
    if (!isLive(ticket.state) || ended.has(ticket.ticketNo)) continue;
    const now = run.placeOf(ticket);
    if (!now) continue;
    const place = `${now.tripId} ${now.seat}`;
    const others = riders.get(place) ?? [];
    const twin = others.find(({ legs }) => (legs & now.legs) !== 0);
    const rider = { ticket, legs: now.legs };
    if (twin) run.journal.violated('I3 two passengers on a leg', { place, tickets: [twin, rider].map(shortly) });
    riders.set(place, [...others, rider]);
  }
}

type Seated = { readonly ticket: KnownTicket; readonly legs: number };

function shortly({ ticket: { ticketNo, home, state, told, mayBeLost = false }, legs }: Seated) {
  return { ticketNo, home, state, legs, told, mayBeLost };
}

/** I6: at rest the hub has every ticket of every station as it is there, and gates have the tickets that board there. */
export function checkSameTickets(run: Run): void {
  const hub = new Map(rows<Ticket>(run.hub, TICKETS).map((row) => [row.ticketNo, row]));
  const contested = new Set(rows<{ readonly no: string }>(run.hub, CONTESTED).map(({ no }) => no));
  const known = new Map<string, Set<string>>();
  for (const node of run.stations) {
    const here = rows<Ticket>(node, TICKETS);
    known.set(node.name, new Set(here.map(({ ticketNo }) => ticketNo)));
    if (run.restored.has(node.name)) continue;
    const lost = salesLost(run, node);
    for (const ticket of here) {
      // Boarded at a gate that had not heard of the refund: told to people, and not paid out.
      if (contested.has(ticket.ticketNo) || lost.has(ticket.ticketNo)) continue;
      const there = hub.get(ticket.ticketNo);
      const by = { name: node.name, boards: gateOf(run, ticket) === node.name };
      if (JSON.stringify(seen(ticket, by)) !== JSON.stringify(there && seen(there, by)))
        run.journal.violated('I6 hub and station differ', { station: node.name, there: ticket, here: there ?? null });
    }
  }
  for (const ticket of hub.values()) {
    const isMissing = (station: string | null) =>
      station !== null && !run.restored.has(station) && known.get(station)?.has(ticket.ticketNo) === false;
    if (isMissing(ticket.home)) run.journal.violated('I6 the hub has a ticket that its home has not', ticket);
    else if (isMissing(gateOf(run, ticket)) && !run.restored.has(run.hub.name))
      run.journal.violated('I6 the gate does not know a ticket', ticket);
  }
}

/** Tickets that boarded at a station by paper, and whose sale is lost with the disk of their home: people see to them. */
export function salesLost(run: Run, node: AnyNode): Set<string> {
  const found = rows<{ readonly no: string }>(node, BY_PAPER).map(({ no }) => no);
  return new Set(found.filter((no) => run.tickets.get(no)?.mayBeLost && rows(run.hub, KNOWN, no).length === 0));
}

function gateOf(run: Run, { tripId, fromStop }: Ticket): string | null {
  return boardingStation(run.trips.find((trip) => trip.tripId === tripId)!, fromStop);
}

/**
 * Who rides on a ticket is known to its gate, and to the hub, which alone counts one that boards without a gate as travelled.
 * Who has given a home away knows that it is not here, and not how far it has gone on. Whether a ticket that has ended went along
 * into a new seat plan depends on what came first, its end or the plan: it has no seat in either.
 */
function seen({ state, home, ...rest }: Ticket, { name, boards }: { readonly name: string; readonly boards: boolean }) {
  const isHome = boards ? home : home === name;
  const place = ENDS.includes(state) ? { epoch: 0, seat: '', legs: 0 } : {};
  return { ...rest, ...place, home: isHome, state: boards || ENDS.includes(state) ? state : 'live' };
}
