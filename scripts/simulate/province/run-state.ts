import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { Outcome } from '@lianpiao/shared/domain/outcome';
import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { rows } from '../checks/rows.ts';
import { type Place, SeatPlans } from '../checks/seat-plans.ts';
import { newBroker, type VirtualBroker } from '../world/virtual-broker.ts';
import { beginTime, type VirtualTime } from '../world/virtual-time.ts';
import { type Centre, startCentre } from './hub-node.ts';
import type { Images } from './images.ts';
import type { Journal } from './journal.ts';
import { installIdOf, STARTS_AT, STATIONS } from './names.ts';
import { type AnyNode, type Closable, Node } from './node.ts';
import { Payer } from './payer.ts';
import { type Station, startStation } from './station-node.ts';
import { WallClock } from './wall-clock.ts';

/** A caller without an answer asks again after so many ms. */
const AGAIN_MS = 200;

export type Rider = { readonly idType: string; readonly idNo: string };

/** A ticket that somebody was told about, and what they were told last. */
export type KnownTicket = {
  readonly ticketNo: string;
  readonly home: string;
  readonly trip: Trip;
  readonly from: number;
  readonly seat: string;
  readonly legs: number;
  /** The document of its passenger; undefined where late money bought other seats than were held. */
  readonly who: Rider | undefined;
  /** Where its passenger sat when told, and the seats of that plan. */
  readonly told: Place & { readonly plan: string };
  /** Its home was restored since: it may be in the part that is lost. */
  mayBeLost?: boolean;
  state: 'sold' | 'collected' | 'boarded' | 'voided' | 'refunded' | 'rebooked';
};

type Ride = { readonly trip: Trip; readonly from: number; readonly to: number };

export function soldTicket(
  { ticketNo, seat }: { readonly ticketNo: string; readonly seat: string },
  who: Rider | undefined,
  { trip, from, to }: Ride,
  home: string,
): KnownTicket {
  const legs = Number(legsBetween(from, to));
  const told = { tripId: trip.tripId, epoch: 1, seat, legs, plan: '' };
  return { ticketNo, home, trip, from, seat, legs, who, told, state: 'sold' };
}

const PLACE = 'SELECT trip_id AS tripId, epoch, seat, legs FROM tickets WHERE ticket_no = ?';

/** Whether somebody holds a ticket that is good for its seat. */
export function isLive(state: KnownTicket['state']): boolean {
  return state === 'sold' || state === 'collected' || state === 'boarded';
}

/** Everything of one run: the processes, the world around them, and what callers were told. */
export class Run {
  readonly seed: number;
  readonly folder: string;
  readonly time: VirtualTime;
  readonly broker: VirtualBroker;
  readonly journal: Journal;
  readonly payer = new Payer();
  readonly hub: Node<Centre>;
  readonly stations: readonly Node<Station>[];
  readonly trips: Trip[] = [];
  /** Trips whose passengers ride on another one. */
  readonly merged = new Map<string, string>();
  readonly tickets = new Map<string, KnownTicket>();
  /** What is under way: names of actions whose callers still wait. */
  readonly underWay = new Set<string>();
  /** Databases as they once were, by station or `hub`. */
  readonly backups = new Map<string, readonly Buffer[]>();
  /** Processes that came back with an older database at some time. */
  readonly restored = new Set<string>();
  /** Processes whose clock was wrong at some time. */
  readonly mistimed = new Set<string>();
  readonly copies: { readonly station: string; readonly node: Node<Station> }[] = [];
  /** A hub that goes on although another one has its place. */
  oldHub: Node<Centre> | undefined;
  /** Before anything else happens this time passes, in ms. */
  lullMs = 0;
  /** Repeated work runs late by this factor, as on a busy machine. */
  stretch = 1;
  /** Trips that the step before has changed. */
  touchedBefore: readonly string[] = [];
  #made = 0;

  constructor(seed: number, folder: string, images: Images, journal: Journal) {
    this.seed = seed;
    this.folder = folder;
    this.journal = journal;
    this.time = beginTime(seed, STARTS_AT);
    this.broker = newBroker();
    this.journal.isExpected = (who, event, facts) => this.#isExpected(who, event, facts as { code?: string });
    this.hub = this.centre('hub');
    this.stations = STATIONS.map((code) => this.machine(code, code, installIdOf(code)));
    for (const { name, file } of this.nodes) writeFileSync(file, name === 'hub' ? images.hub : images.station);
  }

  /** A machine that runs the hub, or the one whose place it has taken. */
  centre(name: string): Node<Centre> {
    const clock = new WallClock(0);
    return new Node({
      name,
      file: join(this.folder, `${name}.sqlite`),
      clock,
      start: (file) => startCentre(file, clock, this.payer.provider, this.journal, name),
      failed: (cause) => this.journal.violated('start', { name, reason: reasonOf(cause) }),
    });
  }

  /** A machine that runs a station, or a copy of one. */
  machine(name: string, station: string, installId: string): Node<Station> {
    const clock = new WallClock(this.upTo(1_000) - 500);
    return new Node({
      name,
      file: join(this.folder, `${name}.sqlite`),
      clock,
      start: (file) => startStation(file, { name, station, installId, clock }, this.journal),
      failed: (cause) => this.journal.violated('start', { name, reason: reasonOf(cause) }),
    });
  }

  get nodes(): readonly AnyNode[] {
    return [this.hub, ...this.stations] as unknown as readonly AnyNode[];
  }

  station(code: string): Node<Station> {
    return this.stations.find(({ name }) => name === code)!;
  }

  /** A copy is turned away, by word to it or for the station's record; a restored database is fenced where it must be rebuilt. */
  #isExpected(who: string, event: string, { code }: { readonly code?: string }): boolean {
    if (who === this.oldHub?.name) return true;
    if (event !== 'link.fenced') return false;
    if (code === 'link.other-machine') return !STATIONS.some((station) => station === who);
    return this.restored.size > 0;
  }

  chance(share: number): boolean {
    return this.time.random() < share;
  }

  upTo(count: number): number {
    return Math.floor(this.time.random() * count);
  }

  pick<One>(list: readonly One[]): One | undefined {
    return list[this.upTo(list.length)];
  }

  next(): number {
    this.#made += 1;
    return this.#made;
  }

  /** Something that somebody does from now on, at their own pace. What it throws is a violation. */
  begin(name: string, work: () => Promise<string>): void {
    const label = `${name} #${this.next()}`;
    this.underWay.add(label);
    work()
      .then((outcome) => this.journal.note(`  ${label}: ${outcome}`))
      .catch((cause: unknown) => this.journal.violated('action', { label, reason: reasonOf(cause) }))
      .finally(() => this.underWay.delete(label));
  }

  /**
   * Asks a verb under one key until there is an answer, through crashes and full disks. Now and then the key is used once
   * more, as by a caller who lost the answer: it has to be the same one.
   */
  async ask<Parts extends Closable, Given extends Outcome<unknown, { readonly code: string }>>(
    node: Node<Parts>,
    caller: Caller,
    verb: (parts: Parts, call: Call) => Promise<Given>,
    repeats = true,
  ): Promise<Given> {
    const key = `key-${this.next()}`;
    const call = { caller, key, bodyHash: key };
    const answer = await this.untilAnswered(node, (parts) => verb(parts, call));
    if (repeats && answer.ok && this.chance(0.1)) {
      const again = await this.untilAnswered(node, (parts) => verb(parts, call));
      // A restored database has lost the answer with everything else.
      if (!this.restored.has(node.name) && JSON.stringify(again) !== JSON.stringify(answer))
        this.journal.violated('same key, same answer', { node: node.name, answer, again });
    }
    return answer;
  }

  async untilAnswered<Parts extends Closable, Given>(
    node: Node<Parts>,
    verb: (parts: Parts) => Promise<Given>,
  ): Promise<Given> {
    for (;;) {
      const given = await node.ask(verb);
      if (given !== 'unknown') return given;
      this.journal.count('asked again');
      await this.pause(AGAIN_MS);
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((go) => void this.time.after(ms, go));
  }

  told(ticket: KnownTicket): void {
    if (this.tickets.has(ticket.ticketNo)) this.journal.violated('I5 a number twice', ticket.ticketNo);
    const home = this.node(ticket.home);
    const [place] = rows<Place>(home, PLACE, ticket.ticketNo);
    const told = place && { ...place, plan: new SeatPlans([home]).seatsOf(place) };
    this.tickets.set(ticket.ticketNo, told ? { ...ticket, told } : ticket);
  }

  node(name: string): AnyNode {
    return this.nodes.find((each) => each.name === name)!;
  }

  /** A trip has other seats from now on. */
  planned(tripId: string, seats: readonly string[]): void {
    const index = this.trips.findIndex((trip) => trip.tripId === tripId);
    this.trips[index] = { ...this.trips[index]!, seats };
  }

  /** The station that lets a ticket's passenger in; null at a place without one. */
  gateOf({ trip, from }: KnownTicket): string | null {
    return boardingStation(trip, from);
  }

  /** The trip that a ticket rides on by now. */
  rideOf({ trip }: KnownTicket): string {
    let { tripId } = trip;
    for (let into = this.merged.get(tripId); into !== undefined; into = this.merged.get(tripId)) tripId = into;
    return tripId;
  }

  /** Whether somebody may sit on these legs of a seat: also one of whose seat nobody knows where it is by now. */
  mayHave(ticket: KnownTicket, { seat, legs }: Pick<Place, 'seat' | 'legs'>): boolean {
    const place = this.placeOf(ticket);
    if (place) return place.seat === seat && (place.legs & legs) !== 0;
    return ticket.mayBeLost === true && rows(this.node(ticket.home), PLACE, ticket.ticketNo).length === 0;
  }

  /**
   * The seat of a ticket in the newest plan: as its home has it, or, where its home has lost it, as its passenger was told.
   * Undefined for one who has none, and where nobody knows the plan any more that the passenger was told of.
   */
  placeOf({ ticketNo, home, trip, told }: KnownTicket): Place | undefined {
    const plans = new SeatPlans([this.station(trip.origin), this.hub]);
    const [row] = rows<Place>(this.node(home), PLACE, ticketNo);
    if (row) return plans.whole(row);
    return plans.seatsOf(told) === told.plan ? plans.whole(told) : undefined;
  }

  close(): void {
    this.oldHub?.close();
    for (const node of [...this.nodes, ...this.copies.map((copy) => copy.node)]) node.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A folder of this run's own. */
export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lianpiao-run-'));
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message).slice(0, 1_500) : String(cause);
}
