import { HUB } from '@lianpiao/agent/agent';
import { HUB_STATION } from '@lianpiao/hub/hub';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation, stationsAlong, type Trip } from '@lianpiao/shared/domain/trip';
import type { AnyNode } from '../province/node.ts';
import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';
import { type Place, SeatPlans } from './seat-plans.ts';

type Masks = Readonly<Record<'mine' | 'held' | 'sold' | 'freed' | 'blocked', number>>;
/** One of a trip's owners, as it is committed. Its seats are in the plan of the trip that is in force there. */
type Party = {
  readonly node: AnyNode;
  /** How it is named where tickets and grants name it. */
  readonly name: string;
  readonly plans: SeatPlans;
  readonly seats: ReadonlyMap<string, Masks>;
};
type SeatRow = Masks & { readonly seat: string };
type Transfer = Place & { readonly transferId: string; readonly peer: string; readonly direction: string };
type Ticket = Place & Readonly<Record<'ticketNo' | 'home' | 'state', string>> & { readonly fromStop: number };

const SEATS = 'SELECT seat, mine, held, sold, freed, blocked FROM seats WHERE trip_id = ?';
const TRANSFERS =
  'SELECT transfer_id AS transferId, trip_id AS tripId, epoch, seat, legs, peer, direction FROM transfers WHERE trip_id = ?';
const TICKETS =
  'SELECT ticket_no AS ticketNo, trip_id AS tripId, epoch, seat, legs, from_stop AS fromStop, home, state FROM tickets WHERE trip_id = ?';
const ENDED = ['refunded', 'voided', 'rebooked'];
const NOTHING: Masks = { mine: 0, held: 0, sold: 0, freed: 0, blocked: 0 };

/** I1 to I3 over what is committed at all owners of each trip. */
export function checkSeats(run: Run, trips: readonly Trip[]): void {
  for (const trip of trips) if (!run.merged.has(trip.tripId)) checkTrip(run, trip);
}

function checkTrip(run: Run, trip: Trip): void {
  const { tripId } = trip;
  const origin = partyOf(run.station(trip.origin), trip.origin, tripId);
  if (origin.seats.size === 0) return;
  const hub = partyOf(run.hub, HUB, tripId);
  const others = stationsAlong(trip).map((name) => partyOf(run.station(name), name, tripId));
  const parties = [origin, hub, ...others];
  // The origin makes the plans, and is ahead of everybody: seats, grants and tickets are looked at where they are in its own.
  const plans = new SeatPlans([origin.node, hub.node]);
  const sources = plans.sourcesOf(tripId);
  for (const party of parties) checkSold(run, trip, party, sources);
  checkRiders(run, trip, parties, plans);
  if (parties.some(({ node }) => !sellsByItsRows(run, node))) return;
  const underWay = legsUnderWay(run, tripId, { parties, plans, sources });
  const all = (1 << (trip.stops.length - 1)) - 1;
  const owners = parties.map((party) => ({ name: party.name, seats: seatsNow(party, tripId, plans, sources) }));
  for (const seat of origin.seats.keys()) {
    const shares = owners.map(({ name, seats }) => ({ name, masks: seats.get(seat) ?? NOTHING }));
    checkSeat(run, { tripId, seat, all, shares, underWay: underWay.get(seat) ?? 0 });
  }
}

function partyOf(node: AnyNode, name: string, tripId: string): Party {
  const seats = new Map(rows<SeatRow>(node, SEATS, tripId).map(({ seat, ...masks }) => [seat, masks]));
  return { node, name, plans: new SeatPlans([node]), seats };
}

/** I2: seats are sold by those who issued a ticket for them. */
function checkSold(run: Run, { tripId }: Trip, { node, name, plans, seats }: Party, sources: readonly string[]): void {
  const sold = new Map<string, { must: number; may: number }>();
  for (const ticket of sources.flatMap((source) => rows<Ticket>(node, TICKETS, source))) {
    const issuer = issuerOf(ticket.ticketNo);
    if ((issuer === HUB_STATION ? HUB : issuer) !== name) continue;
    // It came back to a restored party before the plan that its seat is in: it is marked with that.
    if (run.restored.has(node.name) && ticket.epoch > plans.epochOf(ticket.tripId)) continue;
    for (const place of plans.pieces(ticket)) {
      if (place.tripId !== tripId) continue;
      const before = sold.get(place.seat) ?? { must: 0, may: 0 };
      // Whoever missed the coach gets money back and leaves the seat as it is.
      if (!ENDED.includes(ticket.state)) sold.set(place.seat, { ...before, must: before.must | place.legs });
      else if (ticket.state === 'refunded') sold.set(place.seat, { ...before, may: before.may | place.legs });
    }
  }
  for (const [seat, masks] of seats) {
    const { must, may } = sold.get(seat) ?? { must: 0, may: 0 };
    if ((must & ~masks.sold) !== 0 || (masks.sold & ~must & ~may) !== 0)
      run.journal.violated('I2 sold seats are not those of tickets', { tripId, by: name, seat, ...masks, must, may });
  }
}

/**
 * I3: who is let in by home or gate. A gate takes the code of each ticket that it does not know to be ended, whether or not
 * it has heard of it.
 */
function checkRiders(run: Run, trip: Trip, parties: readonly Party[], plans: SeatPlans): void {
  const riders = new Map<string, Map<string, Ticket>>();
  // What a restored party shows was so once: nobody is given a seat by it until it sells again.
  const selling = parties.filter(({ node }) => sellsByItsRows(run, node));
  const sources = plans.sourcesOf(trip.tripId);
  const known = new Map(selling.map(({ node, name }) => [name, ticketsOf(node, sources)]));
  for (const [name, tickets] of known) {
    for (const ticket of tickets.values()) {
      const { ticketNo, tripId, home, fromStop, state } = ticket;
      const gate = boardingStation(run.trips.find((each) => each.tripId === tripId)!, fromStop);
      const atGate = gate === null ? undefined : known.get(gate);
      const boards = atGate !== undefined && !ENDED.includes(atGate.get(ticketNo)?.state ?? '');
      if (!boards && (home !== name || ENDED.includes(state))) continue;
      // Boarded by paper whose sale was lost: only people know which tickets were ended in the lost part.
      if (run.tickets.get(ticketNo)?.mayBeLost && !known.get(HUB)?.has(ticketNo)) continue;
      const place = plans.whole(ticket);
      if (place?.tripId !== trip.tripId) continue;
      const there = riders.get(place.seat) ?? new Map();
      if (!there.has(ticketNo)) there.set(ticketNo, { ...ticket, ...place });
      riders.set(place.seat, there);
    }
  }
  for (const there of riders.values()) {
    let taken = 0;
    for (const { legs } of there.values()) {
      if ((taken & legs) !== 0)
        run.journal.violated('I3 two live tickets on a leg', { tripId: trip.tripId, tickets: [...there.values()] });
      taken |= legs;
    }
  }
}

/** Tickets of a trip, and of those whose passengers came over to it, as one of the parties has them. */
function ticketsOf(node: AnyNode, sources: readonly string[]): Map<string, Ticket> {
  return new Map(
    sources.flatMap((source) => rows<Ticket>(node, TICKETS, source)).map((row) => [row.ticketNo, row] as const),
  );
}

type Known = { readonly parties: readonly Party[]; readonly plans: SeatPlans; readonly sources: readonly string[] };

/** Legs that one of the parties has given and the other has not received, by seat. */
function legsUnderWay(run: Run, tripId: string, { parties, plans, sources }: Known): Map<string, number> {
  const found = new Map<string, number>();
  const transfersOf = new Map(
    parties.map(({ node, name }) => [name, sources.flatMap((source) => rows<Transfer>(node, TRANSFERS, source))]),
  );
  for (const [giver, transfers] of transfersOf) {
    for (const transfer of transfers) {
      const { transferId, peer, direction } = transfer;
      const isHere = (each: Transfer) => each.transferId === transferId && each.direction === 'received';
      if (direction !== 'given' || transfersOf.get(peer)?.some(isHere)) continue;
      for (const { tripId: where, seat, legs } of plans.pieces(transfer)) {
        if (where !== tripId) continue;
        const before = found.get(seat) ?? 0;
        if ((before & legs) !== 0) run.journal.violated('I1 two grants of a leg under way', { tripId, seat, giver });
        found.set(seat, before | legs);
      }
    }
  }
  return found;
}

/** What a party owns and claims, in the newest plan, of which it may not have heard yet. */
function seatsNow(party: Party, tripId: string, plans: SeatPlans, sources: readonly string[]): Map<string, Masks> {
  const now = new Map<string, Masks>();
  for (const source of sources) {
    const epoch = party.plans.epochOf(source);
    const there = source === tripId ? party.seats : partyOf(party.node, party.name, source).seats;
    for (const [seat, masks] of there) {
      for (const [mask, legs] of Object.entries(masks) as [keyof Masks, number][]) {
        for (const place of legs === 0 ? [] : plans.pieces({ tripId: source, epoch, seat, legs })) {
          const before = now.get(place.seat) ?? NOTHING;
          if (place.tripId === tripId) now.set(place.seat, { ...before, [mask]: before[mask] | place.legs });
        }
      }
    }
  }
  return now;
}

type Seat = {
  readonly tripId: string;
  readonly seat: string;
  readonly all: number;
  readonly shares: readonly { readonly name: string; readonly masks: Masks }[];
  readonly underWay: number;
};

function checkSeat(run: Run, { tripId, seat, all, shares, underWay }: Seat): void {
  let [owned, twice] = [underWay, 0];
  for (const { name, masks } of shares) {
    const { mine, held, sold, freed } = masks;
    twice |= owned & mine;
    owned |= mine;
    if (((held | sold | freed) & ~mine) !== 0)
      run.journal.violated('I2 claimed by somebody who is not the owner', { tripId, seat, by: name, ...masks });
    if ((held & sold) !== 0) run.journal.violated('I2 held and sold', { tripId, seat, by: name, ...masks });
  }
  const owners = { tripId, seat, underWay, ...Object.fromEntries(shares.map(({ name, masks }) => [name, masks.mine])) };
  if (twice !== 0) run.journal.violated('I1 two owners of a leg', owners);
  if (owned !== all) run.journal.violated('I1 a leg without owner', owners);
}

const STOPS = 'SELECT code FROM sale_stops';
const WAITS = 'SELECT station FROM restore_waits';

/** False while a party that was restored may show seats that are no longer its own: it may not sell meanwhile. */
export function sellsByItsRows(run: Run, node: AnyNode): boolean {
  if (!run.restored.has(node.name)) return true;
  return node.isUp && rows(node, node.name === HUB ? WAITS : STOPS).length === 0;
}
