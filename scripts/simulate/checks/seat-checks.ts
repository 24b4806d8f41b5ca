import { HUB } from '@lianpiao/agent/agent';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { AnyNode } from '../province/node.ts';
import type { Run } from '../province/run-state.ts';

/** One of a trip's two owners, as it is committed. */
type Owner = { readonly node: AnyNode; readonly home: string; readonly seats: ReadonlyMap<string, SeatRow> };
type SeatRow = Readonly<Record<'mine' | 'held' | 'sold' | 'freed' | 'blocked', number>> & { readonly seat: string };
type Given = { readonly transferId: string; readonly seat: string; readonly legs: number };
type Claimed = { readonly ticketNo: string; readonly seat: string; readonly legs: number };

const SEATS = 'SELECT seat, mine, held, sold, freed, blocked FROM seats WHERE trip_id = ?';
const GIVEN = "SELECT transfer_id AS transferId, seat, legs FROM transfers WHERE trip_id = ? AND direction = 'given'";
const RECEIVED = "SELECT transfer_id AS transferId FROM transfers WHERE trip_id = ? AND direction = 'received'";
/** Who gave the ticket out, on a seat of its own: its home may be another by now. */
const ISSUER = "iif(substr(ticket_no, 1, 9) = '330000900', 'hub', substr(ticket_no, 1, 9))";
const LIVE = `SELECT ticket_no AS ticketNo, seat, legs FROM tickets WHERE trip_id = ? AND ${ISSUER} = ? AND state NOT IN ('refunded', 'voided', 'rebooked')`;
const REFUNDED = `SELECT ticket_no AS ticketNo, seat, legs FROM tickets WHERE trip_id = ? AND ${ISSUER} = ? AND seat = ? AND state = 'refunded'`;

/** I1 to I3 over what is committed at both owners of each trip. */
export function checkSeats(run: Run, trips: readonly Trip[]): void {
  for (const trip of trips) checkTrip(run, trip);
}

function checkTrip(run: Run, trip: Trip): void {
  const { tripId } = trip;
  const station = ownerOf(run.station(trip.origin), trip.origin, tripId);
  if (station.seats.size === 0) return;
  const hub = ownerOf(run.hub, HUB, tripId);
  const riders = new Map<string, Claimed[]>();
  for (const { node, home, seats } of [station, hub]) {
    const tickets = rows<Claimed>(node, LIVE, tripId, home);
    // What a restored party shows was so once: nobody is given a seat by it until it sells again.
    if (sellsByItsRows(run, node))
      for (const ticket of tickets) riders.set(ticket.seat, [...(riders.get(ticket.seat) ?? []), ticket]);
    for (const { seat, sold } of seats.values()) {
      const there = tickets.filter((each) => each.seat === seat);
      const ticketed = there.reduce((legs, each) => legs | each.legs, 0);
      if (ticketed === sold) continue;
      // Whoever missed the coach gets money back and leaves the seat as it is.
      const missed = rows<Claimed>(node, REFUNDED, tripId, home, seat).reduce((legs, each) => legs | each.legs, 0);
      if ((ticketed & ~sold) !== 0 || (sold & ~ticketed & ~missed) !== 0)
        run.journal.violated('I2 sold seats are not those of tickets', { tripId, home, seat, sold, ticketed });
    }
  }
  // What a gate off line from the hub lets in: tickets whose end it has not heard of still have a good code.
  const atGate = sellsByItsRows(run, station.node) ? rows<Claimed>(station.node, LIVE, tripId, HUB) : [];
  for (const ticket of atGate) {
    const others = riders.get(ticket.seat) ?? [];
    if (!others.some(({ ticketNo }) => ticketNo === ticket.ticketNo)) riders.set(ticket.seat, [...others, ticket]);
  }
  for (const tickets of riders.values()) checkRiders(run, tripId, tickets);
  if (!sellsByItsRows(run, station.node) || !sellsByItsRows(run, hub.node)) return;
  const underWay = legsUnderWay(run, tripId, [station, hub]);
  const all = (1 << (trip.stops.length - 1)) - 1;
  for (const at of station.seats.values())
    checkSeat(run, { tripId, all, at, hub: hub.seats.get(at.seat), underWay: underWay.get(at.seat) ?? 0 });
}

function ownerOf(node: AnyNode, home: string, tripId: string): Owner {
  return { node, home, seats: new Map(rows<SeatRow>(node, SEATS, tripId).map((row) => [row.seat, row])) };
}

/** Legs that one of the two has given and the other has not received, by seat. */
function legsUnderWay(run: Run, tripId: string, [one, other]: readonly [Owner, Owner]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [giver, receiver] of [
    [one, other],
    [other, one],
  ] as const) {
    const received = new Set(rows<Given>(receiver.node, RECEIVED, tripId).map(({ transferId }) => transferId));
    for (const { transferId, seat, legs } of rows<Given>(giver.node, GIVEN, tripId)) {
      if (received.has(transferId)) continue;
      const before = found.get(seat) ?? 0;
      if ((before & legs) !== 0) run.journal.violated('I1 two grants of a leg under way', { tripId, seat });
      found.set(seat, before | legs);
    }
  }
  return found;
}

type Seat = {
  readonly tripId: string;
  readonly all: number;
  readonly at: SeatRow;
  readonly hub: SeatRow | undefined;
  readonly underWay: number;
};

function checkSeat(run: Run, { tripId, all, at, hub, underWay }: Seat): void {
  const ours = hub?.mine ?? 0;
  const twice = (at.mine & ours) | (at.mine & underWay) | (ours & underWay);
  if (twice !== 0)
    run.journal.violated('I1 two owners of a leg', { tripId, seat: at.seat, station: at.mine, hub: ours, underWay });
  if ((at.mine | ours | underWay) !== all)
    run.journal.violated('I1 a leg without owner', { tripId, seat: at.seat, station: at.mine, hub: ours, underWay });
  for (const row of hub ? [at, hub] : [at]) {
    if (((row.held | row.sold | row.freed) & ~row.mine) !== 0)
      run.journal.violated('I2 claimed by somebody who is not the owner', {
        tripId,
        by: row === at ? 'station' : HUB,
        ...row,
      });
    if ((row.held & row.sold) !== 0) run.journal.violated('I2 held and sold', { tripId, ...row });
  }
}

function checkRiders(run: Run, tripId: string, tickets: readonly Claimed[]): void {
  let taken = 0;
  for (const { legs } of tickets) {
    if ((taken & legs) !== 0) run.journal.violated('I3 two live tickets on a leg', { tripId, tickets });
    taken |= legs;
  }
}

const statements = new WeakMap<object, Map<string, { all(...params: unknown[]): unknown[] }>>();

/** Rows that are committed at a node; none before its database exists. */
export function rows<Row>(node: Pick<AnyNode, 'look'>, text: string, ...params: unknown[]): Row[] {
  const { look } = node;
  let known = statements.get(look);
  if (!known) {
    known = new Map();
    statements.set(look, known);
  }
  let statement = known.get(text);
  if (!statement) {
    statement = look.prepare(text);
    known.set(text, statement);
  }
  return statement.all(...params) as Row[];
}

const STOPS = 'SELECT code FROM sale_stops';

/** False while a station that was restored may show seats that are no longer its own: it may not sell meanwhile. */
export function sellsByItsRows(run: Run, node: AnyNode): boolean {
  if (!run.restored.has(node.name)) return true;
  return node.isUp && (node.name === HUB || rows(node, STOPS).length === 0);
}
