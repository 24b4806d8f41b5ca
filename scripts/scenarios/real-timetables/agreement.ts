import { findOffers } from '@lianpiao/agent/trips/find-offers';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { expect } from 'vitest';
import { type Day, hasGate } from './day.ts';
import { legsOf } from './legs-of.ts';

const ENDED = ['refunded', 'voided', 'rebooked'];

/**
 * Holds the model against both owners' rows, seat by seat and leg by leg: who owns the leg, what is claimed on it and as
 * what, and which ticket it is. Bring everything across and end what is over before.
 */
export async function expectAgreement(day: Day): Promise<number> {
  const riders = await livingRiders(day);
  let legs = 0;
  for (const trip of day.trips) {
    const station = await rowsOf(day.station(trip.origin).agent.store.read, trip);
    const hub = await rowsOf(day.province.hub.store.read, trip);
    for (const seat of trip.seats) {
      const model = day.model.seat(trip.tripId, seat);
      const seen = model.riders.map((_, leg) => legSeen(station.get(seat), hub.get(seat), leg));
      const expected = model.riders.map((who, leg) => ({ owner: model.owners[leg], claim: claimOf(who) }));
      if (JSON.stringify(seen) !== JSON.stringify(expected))
        expect({ tripId: trip.tripId, seat, seen }).toEqual({ tripId: trip.tripId, seat, seen: expected });
      const sold = model.riders.map((who) => (claimOf(who) === 'sold' ? who : null));
      const printed = sold.map((_, leg) => riders.get(`${trip.tripId} ${seat} ${leg}`) ?? null);
      if (JSON.stringify(sold) !== JSON.stringify(printed))
        expect({ tripId: trip.tripId, seat, tickets: printed }).toEqual({ tripId: trip.tripId, seat, tickets: sold });
      legs += seen.length;
    }
  }
  return legs;
}

/** What the counter and the channel are told is left, against what the model counts. */
export async function expectRemaining(day: Day, rides: number): Promise<void> {
  const now = day.clock.now();
  for (let index = 0; index < rides; index += 1) {
    const { trip, from, to } = day.ride();
    const query = { from: trip.stops[from]!.code, to: trip.stops[to]!.code, date: trip.serviceDate };
    const counter = await findOffers(day.station(trip.origin).agent, query, now);
    const channel = JSON.parse(
      Buffer.from(await day.province.search.search(query, now), 'latin1').toString(),
    ) as Offer[];
    const remaining = (offers: readonly Offer[]) =>
      offers.find((offer) => offer.tripId === trip.tripId && offer.from === from && offer.to === to)?.remaining;
    const free = (owner: 'station' | 'hub') => day.model.free(trip.tripId, owner, from, to).length;
    const [atCounter, onLine] = [remaining(counter), remaining(channel)];
    if (atCounter !== undefined)
      expect([trip.tripId, from, to, atCounter]).toEqual([trip.tripId, from, to, free('station')]);
    if (onLine !== undefined) expect([trip.tripId, from, to, onLine]).toEqual([trip.tripId, from, to, free('hub')]);
    day.note('remaining counted', (atCounter === undefined ? 0 : 1) + (onLine === undefined ? 0 : 1));
  }
}

/** The hub's tickets are the stations' tickets, and both are what the day expects, state by state. */
export async function expectSameTickets(day: Day): Promise<void> {
  const { db, t } = day.province.hub.store.read;
  const atHub = new Map((await db.select().from(t.tickets)).map((row) => [row.ticketNo, row]));
  expect([...atHub.keys()].sort()).toEqual([...day.tickets.keys()].sort());
  for (const [code, { agent }] of day.province.stations) {
    const reader = agent.store.read;
    const rows = new Map((await reader.db.select().from(reader.t.tickets)).map((row) => [row.ticketNo, row]));
    for (const ticket of day.tickets.values()) {
      const { ticketNo, trip, from, to, seat, home } = ticket;
      // A station knows its own tickets, and those of the hub that board at its gate.
      const known = home === code || (home === 'hub' && trip.origin === code && hasGate(ticket));
      expect([ticketNo, rows.has(ticketNo)]).toEqual([ticketNo, known]);
      const homeNow = day.gone.has(ticketNo) ? 'hub' : home;
      const facts = { ticketNo, tripId: trip.tripId, seat, fromStop: from, toStop: to, home: homeNow };
      expect(atHub.get(ticketNo)).toMatchObject({ ...facts, state: stateAtHub(day, ticket) });
      // Who has ridden has ridden, whatever the hub pays back.
      const state = day.gone.get(ticketNo) === 'departed' ? 'departed' : ticket.state;
      if (known) expect(rows.get(ticketNo)).toMatchObject({ ...facts, state });
    }
    expect([...rows.keys()].filter((ticketNo) => !day.tickets.has(ticketNo))).toEqual([]);
  }
}

/** Where there is no gate nobody says who boarded: the hub counts the passengers as travelled when the coach has left. */
function stateAtHub(day: Day, ticket: Parameters<typeof hasGate>[0] & { readonly state: string }): string {
  const waiting = ticket.state === 'sold' || ticket.state === 'collected';
  return waiting && !hasGate(ticket) && day.counts.has('counted as travelled') ? 'departed' : ticket.state;
}

type SeatRow = Awaited<ReturnType<typeof seatsOfTrip>>[number];

async function rowsOf(on: Parameters<typeof seatsOfTrip>[0], { tripId }: Trip): Promise<Map<string, SeatRow>> {
  return new Map((await seatsOfTrip(on, tripId)).map((row) => [row.seat, row]));
}

function legSeen(station: SeatRow | undefined, hub: SeatRow | undefined, leg: number) {
  const owners = [has(station, 'mine', leg) && 'station', has(hub, 'mine', leg) && 'hub'].filter(
    (owner) => owner !== false,
  );
  const claims = [station, hub].flatMap((row) =>
    (['held', 'sold', 'freed', 'blocked'] as const).filter((claim) => has(row, claim, leg)),
  );
  return { owner: owners.join(' and ') || 'nobody', claim: claims.join(' and ') || null };
}

const bits = new Map<number, ReadonlySet<number>>();

function has(row: SeatRow | undefined, what: 'mine' | 'held' | 'sold' | 'freed' | 'blocked', leg: number): boolean {
  const mask = row?.[what] ?? 0;
  if (!bits.has(mask)) bits.set(mask, new Set(legsOf(mask)));
  return bits.get(mask)!.has(leg);
}

function claimOf(who: string | null): 'held' | 'freed' | 'sold' | null {
  if (who === null) return null;
  return who.startsWith('hold ') ? 'held' : who.startsWith('freed ') ? 'freed' : 'sold';
}

/** The ticket on each leg, by the ticket rows of every home; two on one leg are named together. */
async function livingRiders(day: Day): Promise<Map<string, string>> {
  const riders = new Map<string, string>();
  const homes = [
    ...[...day.province.stations.values()].map(({ agent }) => agent.store.read),
    day.province.hub.store.read,
  ];
  const names = [...day.province.stations.keys(), 'hub'];
  for (const [index, { db, t }] of homes.entries()) {
    for (const { ticketNo, tripId, seat, fromStop, toStop, state, home } of await db.select().from(t.tickets)) {
      if (home !== names[index] || ENDED.includes(state)) continue;
      for (let leg = fromStop; leg < toStop; leg += 1) {
        const key = `${tripId} ${seat} ${leg}`;
        riders.set(key, riders.has(key) ? `${riders.get(key)} and ${ticketNo}` : ticketNo);
      }
    }
  }
  return riders;
}
