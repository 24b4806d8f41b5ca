import { randomBytes } from 'node:crypto';
import type { Clock } from '@lianpiao/shared/clock';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { PeerLink, type Said, type SayResult } from '@lianpiao/shared/link/peer-link';
import { PeerRequests } from '@lianpiao/shared/link/peer-requests';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { Liveness } from '@lianpiao/shared/protocol/liveness';
import type { Beat, Hello, Message } from '@lianpiao/shared/protocol/messages';
import type { HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { type Admission, isCopy, judgeHello } from './judge-hello.ts';
import { keepFence, keepFreshness, keepHeads } from './station-record.ts';

export type StationLinkOptions = {
  readonly store: HubStore;
  readonly station: string;
  readonly hubIncarnation: number;
  readonly facts: FactHandlers<HubTables>;
  readonly answers: RequestHandlers;
  /** Sends under a lease. */
  readonly say: (said: Said, lease: number) => SayResult;
  readonly keyNo: () => number;
  readonly clock: Clock;
  readonly evKept: () => void;
  readonly noted: (code: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly committed?: (lane: Lane) => void;
};

/** How a station is, as the console shows it. Times are epoch ms of the hub's clock. */
export type StationFreshness = {
  readonly station: string;
  readonly online: boolean;
  readonly lastWordAt: number | null;
  /** Events that the station has not yet got confirmed, by its last heartbeat; and ours that it has not confirmed. */
  readonly queuedThere: number;
  readonly queuedHere: number;
  /** Age of the oldest event that is not confirmed to the station, by its last heartbeat, in ms. */
  readonly lagMs: number;
  readonly clockOffsetMs: number | null;
  readonly agentVersion: string | null;
  /** Code of the fence or reason of the stopped lane, if one stops it. */
  readonly stopped: string | null;
};

/** A lease that is not renewed by any word marks the station off line at the hub. In ms. */
const LEASE_MS = 90_000;
const WINDOW = 8;
/** The same station is asked to say hello at most this often. */
const AGAIN_MS = 1_000;
const monotonic = () => performance.now();

/** The hub's end of the link with one station. */
export class StationLink {
  readonly #options: StationLinkOptions;
  readonly #liveness = new Liveness();
  readonly #link: PeerLink<HubTables>;
  readonly #requests: PeerRequests<HubTables>;
  /** The life of the agent that was welcomed, and its lease; undefined without a session. */
  #session: { readonly boot: string; readonly lease: number } | undefined;
  #greeting: Promise<void> = Promise.resolve();
  #fence: string | undefined;
  #gone = false;
  #askedAgainAt = Number.NEGATIVE_INFINITY;
  /** When, by the station's clock, the latest hello was said that was admitted or doubted; and whether one is in doubt. */
  #toldAt = Number.NEGATIVE_INFINITY;
  #doubted = false;
  #lastWordAt: number | null = null;
  #lagMs = 0;
  #freshnessKept: number | null = null;
  #queuedThere = 0;
  #clockOffsetMs: number | null = null;
  #agentVersion: string | null = null;

  constructor(options: StationLinkOptions) {
    this.#options = options;
    const { store, station, facts, clock, evKept, noted, committed } = options;
    const say = (said: Said) => (this.#session ? options.say(said, this.#session.lease) : 'busy');
    this.#requests = new PeerRequests({
      store,
      peer: station,
      say,
      newId: () => randomBytes(12).toString('hex'),
      clock,
      monotonic,
      noted,
    });
    this.#link = new PeerLink({
      store,
      peer: station,
      handlers: facts,
      say,
      monotonic,
      evKept,
      noted,
      broken: (code, found) => this.fence(code, JSON.stringify(found)),
      ...(committed ? { committed } : {}),
    });
  }

  request: PeerRequests<HubTables>['request'] = (kind, body, key) => this.#requests.request(kind, body, key);

  get online(): boolean {
    return this.#session !== undefined && !this.#gone && !this.#liveness.offline(monotonic());
  }

  freshness(): StationFreshness {
    const lane = this.#link.stoppedLane;
    return {
      station: this.#options.station,
      online: this.online,
      lastWordAt: this.#lastWordAt,
      queuedThere: this.#queuedThere,
      queuedHere: this.#link.queued,
      lagMs: this.#lagMs,
      clockOffsetMs: this.#clockOffsetMs,
      agentVersion: this.#agentVersion,
      stopped: this.#fence ?? (lane ? `${lane.lane}: ${lane.reason}` : null),
    };
  }

  appended(lane: Lane, head: number): void {
    this.#link.appended(lane, head);
  }

  tick(): void {
    this.#link.tick();
  }

  resolve(): Promise<void> {
    return this.online ? this.#requests.resolve() : Promise.resolve();
  }

  /** Writes down when the station was last heard, if that has changed since. */
  async keepFreshness(): Promise<void> {
    const lastWordAt = this.#lastWordAt;
    if (lastWordAt === null || lastWordAt === this.#freshnessKept) return;
    const { store, station } = this.#options;
    this.#freshnessKept = lastWordAt;
    const fresh = { lastWordAt, queued: this.#queuedThere, lagMs: this.#lagMs };
    await store.transaction((tx) => keepFreshness(tx, station, fresh));
  }

  /** The station's retained life sign or its will. A will of an earlier life means nothing. */
  lifeSign(on: boolean, boot: string): void {
    if (this.#session?.boot === boot) this.#gone = !on;
  }

  async hear(message: Exclude<Message, { k: 'live' | 'hub-live' }>): Promise<void> {
    if (message.k === 'hello') {
      // Hellos of one station are judged one after the other; other stations do not wait.
      this.#greeting = this.#greeting
        .then(() => this.#welcome(message))
        .catch((cause: unknown) =>
          this.#options.noted('link.not-kept', { station: this.#options.station, reason: String(cause) }),
        );
      return;
    }
    if (message.k === 'fence') {
      this.#options.noted('link.fenced', {
        station: this.#options.station,
        code: message.code,
        detail: message.detail,
        by: 'station',
      });
      this.#stopAs(message.code);
      return;
    }
    if (!this.#session || message.boot !== this.#session.boot || message.ln !== this.#session.lease) {
      // An earlier lease of the same life is merely late; a life that we do not know has to introduce itself.
      if (this.#fence === undefined && message.boot !== this.#session?.boot) this.#askAgain();
      return;
    }
    this.#heard(message);
    if (message.k === 'req') {
      const ageMs = message.off === null ? null : this.#options.clock.now() - message.at - message.off;
      this.#requests
        .answer(this.#options.answers, message, ageMs)
        .catch((cause: unknown) => this.#options.noted('request.failed', { kind: message.m, reason: String(cause) }));
    } else if (message.k === 'res') this.#requests.heard(message);
    else if (message.k === 'batch' || message.k === 'ack' || message.k === 'nack') await this.#link.hear(message);
    else if (message.k === 'beat') await this.#heardBeat(message);
  }

  /** Ends the session with a reason that a person has to look at. */
  fence(code: string, detail: string): void {
    const { station, say, noted } = this.#options;
    noted('link.fenced', { station, code, detail, by: 'hub' });
    say({ k: 'fence', code, detail: detail.slice(0, 200) }, this.#session?.lease ?? 0);
    this.#stopAs(code);
  }

  /** Nothing more is sent or taken; what has arrived is kept. */
  async close(): Promise<void> {
    await this.#greeting;
    await this.#end();
  }

  #stopAs(code: string): void {
    const { store, station, noted } = this.#options;
    this.#fence = code;
    const unwritten = (cause: unknown) => noted('link.not-kept', { station, reason: String(cause) });
    Promise.all([this.#end(), store.transaction((tx) => keepFence(tx, station, code))]).catch(unwritten);
  }

  async #end(): Promise<void> {
    this.#session = undefined;
    await this.#link.stop();
  }

  #heard(message: Exclude<Message, { k: 'live' | 'hub-live' }>): void {
    this.#liveness.heard(monotonic());
    this.#gone = false;
    this.#lastWordAt = this.#options.clock.now();
    this.#clockOffsetMs = message.off;
  }

  async #heardBeat(message: Beat): Promise<void> {
    const { store, station, clock, say } = this.#options;
    this.#queuedThere = message.queued;
    this.#lagMs = message.lagMs;
    if (this.#session) {
      const answer = { heads: [], queued: this.#link.queued, lagMs: 0, echo: message.at };
      say({ k: 'beat', acks: this.#link.acks(), ...answer }, this.#session.lease);
    }
    await this.#link.hear(message);
    await store.transaction((tx) => keepHeads(tx, station, message.heads, clock.now()));
  }

  #askAgain(): void {
    const now = monotonic();
    if (now - this.#askedAgainAt < AGAIN_MS) return;
    this.#askedAgainAt = now;
    this.#options.say({ k: 'again' }, 0);
  }

  async #welcome(hello: Hello): Promise<void> {
    const { store, clock } = this.#options;
    if (await isCopy(store.read, hello)) return this.#turnAway(hello);
    await this.#end();
    const judged = await judgeHello(store, hello, clock.now());
    if (!judged.ok) {
      const { code, detail } = judged.refusal;
      if (code === 'link.peer-restored' && !this.#saysSoAgain(hello)) this.#doubt(hello, detail);
      else this.fence(code, detail);
      return;
    }
    this.#toldAt = hello.at;
    this.#doubted = false;
    await this.#admit(hello, judged.value);
  }

  /**
   * A copy of the station says hello: the copy alone is told to stop, as the station hears the same room, connected or about
   * to be. A session goes on; without one the record shows what has happened.
   */
  #turnAway({ boot, installId }: Hello): void {
    const { station, say, noted } = this.#options;
    const code = 'link.other-machine';
    noted('link.fenced', { station, code, detail: installId, by: 'hub' });
    say({ k: 'fence', code, detail: installId.slice(0, 200), to: boot }, 0);
    if (!this.#session) this.#stopAs(code);
  }

  /**
   * A hello with less than the station once had may only have been overtaken on its way. A station that was restored says
   * it again when it is asked.
   */
  #doubt(hello: Hello, detail: string): void {
    const { station, noted } = this.#options;
    noted('link.hello-doubted', { station, detail });
    this.#toldAt = Math.max(this.#toldAt, hello.at);
    this.#doubted = true;
    this.#askAgain();
  }

  #saysSoAgain(hello: Hello): boolean {
    return this.#doubted && hello.at > this.#toldAt;
  }

  async #admit(hello: Hello, { lease, incarnation, minor, ours, notices }: Admission): Promise<void> {
    const { station, hubIncarnation, say, keyNo, noted } = this.#options;
    for (const notice of notices) noted(notice.code, { station, lane: notice.lane, detail: notice.detail });
    this.#fence = undefined;
    this.#agentVersion = hello.agentVersion;
    this.#session = { boot: hello.boot, lease };
    this.#heard(hello);
    await this.#link.start(ours, hello.lanes, WINDOW);
    say(
      {
        k: 'welcome',
        to: { boot: hello.boot, at: hello.at },
        minor,
        ttlMs: LEASE_MS,
        hubIncarnation,
        incarnation,
        lanes: ours,
        window: WINDOW,
        rate: null,
        keyId: keyNo(),
      },
      lease,
    );
    if (!hello.proven) noted('link.new-incarnation', { station, incarnation });
    noted('link.welcomed', { station, lease, agentVersion: hello.agentVersion });
    this.#link.tick();
  }
}
