import type { Outcome } from '@lianpiao/shared/domain/outcome';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { eventsFrom } from '@lianpiao/shared/link/stream-rows';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { seededRandom } from '@lianpiao/shared/testing/chaos-transport';
import { IntervalModel } from './interval-model.ts';
import { legsOf } from './legs-of.ts';
import type { Province, ProvinceStation } from './province.ts';
import { gateStop } from './timetables.ts';
import { aTraveller, type Traveller } from './travellers.ts';

/** A ticket as the day expects it to be everywhere. */
export type KeptTicket = {
  readonly ticketNo: string;
  readonly home: string;
  readonly trip: Trip;
  readonly from: number;
  readonly to: number;
  readonly seat: string;
  readonly who: Traveller;
  readonly soldAt: number;
  readonly printed: boolean;
  readonly rebooked: boolean;
  readonly pickupCode: string | null;
  state: TicketState;
};
export type Ride = { readonly trip: Trip; readonly from: number; readonly to: number };

/** The first trips of a station are what everybody wants, so that some legs sell out. */
const BUSY_TRIPS = 3;

/** A day of sales with its dice, its clock, the model that judges it, and what is expected of each ticket and drawer. */
export class Day {
  readonly province: Province;
  readonly clock: { at: number; now(): number };
  readonly model = new IntervalModel();
  readonly tickets = new Map<string, KeptTicket>();
  readonly counts = new Map<string, number>();
  /** Cash of each station's drawer, in fen. */
  readonly drawers = new Map<string, number>();
  /** Trips that have left their station's stop. */
  readonly left = new Set<string>();
  /** Tickets whose coach has left a stop with a gate, with their passenger or without: the hub is their home. */
  readonly gone = new Map<string, 'departed' | 'forfeited'>();
  readonly random: () => number;
  readonly trips: readonly Trip[];
  readonly #granted = new Map<string, number>();
  #made = 0;

  constructor(province: Province, clock: { at: number; now(): number }, trips: readonly Trip[], seed: number) {
    this.province = province;
    this.clock = clock;
    this.trips = trips;
    this.random = seededRandom(seed);
    for (const { tripId, seats, stops } of trips) this.model.addTrip(tripId, seats, stops.length - 1);
  }

  station(code: string): ProvinceStation {
    return this.province.stations.get(code)!;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  upTo(count: number): number {
    return Math.floor(this.random() * count);
  }

  pick<One>(list: readonly One[]): One | undefined {
    return list[this.upTo(list.length)];
  }

  ride(trips = this.trips): Ride {
    const station = this.pick([...this.province.stations.keys()])!;
    const own = trips.filter(({ origin }) => origin === station);
    const busy = own.filter((trip) => trip.stops.length > 3).slice(0, BUSY_TRIPS);
    const trip = this.pick(this.chance(0.4) && busy.length > 0 ? busy : own.length > 0 ? own : trips)!;
    const from = this.upTo(trip.stops.length - 1);
    return { trip, from, to: from + 1 + this.upTo(trip.stops.length - 1 - from) };
  }

  traveller(): Traveller {
    this.#made += 1;
    return aTraveller(this.#made);
  }

  /** Asks a verb under a new key, and now and then once more, as a caller that lost the answer does: it gets the same one. */
  async ask<Answer extends Outcome<unknown, { readonly code: string }>>(
    caller: Caller,
    verb: (call: Call) => Promise<Answer>,
  ): Promise<Answer> {
    this.#made += 1;
    const call = { caller, key: `key-${this.#made}`, bodyHash: `body-${this.#made}` };
    const answer = await verb(call);
    if (answer.ok && this.chance(0.1)) {
      const again = JSON.stringify(await verb(call));
      if (again !== JSON.stringify(answer)) throw new Error(`a repeat answers otherwise: ${again}`);
      this.note('repeated');
    }
    return answer;
  }

  note(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** A refusal counts as one where the day expected it, and is a finding where not. */
  refused(what: string, refusal: { readonly code: string }, expected: readonly (string | false)[]): void {
    if (!expected.includes(refusal.code)) throw new Error(`${what} was refused: ${JSON.stringify(refusal)}`);
    this.note(`${what}: ${refusal.code}`);
  }

  keep(ticket: KeptTicket): void {
    if (this.tickets.has(ticket.ticketNo)) throw new Error(`number ${ticket.ticketNo} was given twice`);
    this.tickets.set(ticket.ticketNo, ticket);
  }

  /** A ticket in one of these states whose coach has not left its stop, if there is one. */
  someTicket(good: (ticket: KeptTicket) => boolean): KeptTicket | undefined {
    const now = this.clock.now();
    const found = [...this.tickets.values()].filter(
      (ticket) => departsAt(ticket.trip, ticket.from) > now + 60_000 && isLive(ticket) && good(ticket),
    );
    return this.pick(found);
  }

  cash(station: string, amountFen: number): void {
    this.drawers.set(station, (this.drawers.get(station) ?? 0) + amountFen);
  }

  /** Notes what stations have given to the hub, and brings facts across. */
  async carry(): Promise<void> {
    const given = await this.#newGrants();
    for (const { tripId, seat, leg } of given) this.model.own(tripId, seat, leg, 'station', 'nobody');
    await this.province.carry();
    const underWay = await this.#newGrants();
    for (const { tripId, seat, leg } of underWay) this.model.own(tripId, seat, leg, 'station', 'nobody');
    for (const { tripId, seat, leg } of [...given, ...underWay]) this.model.own(tripId, seat, leg, 'nobody', 'hub');
    await this.province.carry();
  }

  async #newGrants(): Promise<{ tripId: string; seat: string; leg: number }[]> {
    const legs: { tripId: string; seat: string; leg: number }[] = [];
    for (const [code, { agent }] of this.province.stations) {
      const rows = await eventsFrom(agent.store.read, 'hub', 'seat', (this.#granted.get(code) ?? 0) + 1, 100_000);
      for (const { seq, type, fact } of rows) {
        this.#granted.set(code, seq);
        if (type !== 'seat.granted') continue;
        const grant = JSON.parse(fact) as { tripId: string; seat: string; legs: number };
        if (!this.model.has(grant.tripId) || isPseudoSeat(grant.seat)) continue;
        for (const leg of legsOf(grant.legs)) legs.push({ tripId: grant.tripId, seat: grant.seat, leg });
      }
    }
    return legs;
  }
}

/** Whether the coach has left the stop where this ride boards, as far as a gate has said so. */
export function hasLeft(day: Day, ride: Pick<Ride, 'trip' | 'from'>): boolean {
  return hasGate(ride) && day.left.has(ride.trip.tripId);
}

/** True while the ticket gives a ride that has not begun. */
export function isLive({ state }: KeptTicket): boolean {
  return state === 'sold' || state === 'collected';
}

/** True where the ticket's own station checks it at a gate. */
export function hasGate({ trip, from }: Pick<KeptTicket, 'trip' | 'from'>): boolean {
  return gateStop(trip) === from;
}
