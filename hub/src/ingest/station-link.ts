import { randomBytes } from 'node:crypto';
import type { Clock } from '@lianpiao/shared/clock';
import { done } from '@lianpiao/shared/domain/outcome';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { NO_TERMS, type Terms } from '@lianpiao/shared/link/framing';
import { PeerLink, type PeerLinkOptions, type Said, type SayResult } from '@lianpiao/shared/link/peer-link';
import { PeerRequests } from '@lianpiao/shared/link/peer-requests';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { sendBack } from '@lianpiao/shared/link/send-back';
import { NotOurHistory } from '@lianpiao/shared/link/take-back';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { Liveness } from '@lianpiao/shared/protocol/liveness';
import type { Beat, Hello, RefGet, StationMessage } from '@lianpiao/shared/protocol/messages';
import { BATCHES_IN_FLIGHT_MAX } from '@lianpiao/shared/protocol/stream-sender';
import type { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { hashHeld, keepDisputed } from '../forks/keep-disputed.ts';
import { noteFork } from '../forks/note-fork.ts';
import { answerPull } from '../reference/answer-pull.ts';
import { versionsFor } from '../reference/ref-versions.ts';
import { type TakeBackParts, takeBackFrom } from '../restore/take-back-from.ts';
import type { HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { noteDisk } from '../watch-disk.ts';
import { type Admission, isCopy, judgeHello } from './judge-hello.ts';
import { type StationFreshness, StationNews } from './station-news.ts';
import { keepFence, keepHeads } from './station-record.ts';

export type StationLinkOptions = {
  readonly store: HubStore;
  readonly station: string;
  /** Of this moment: a hub that learns that it was restored begins a new life. */
  readonly hubIncarnation: () => number;
  readonly facts: FactHandlers<HubTables>;
  readonly answers: RequestHandlers;
  /** What the hub's own facts change here when the station sends them back. */
  readonly lostFacts: FactHandlers<HubTables>;
  /** The station holds facts of the hub that the hub does not have, and the hub did not know that it was restored. */
  readonly restored: (detail: string) => Promise<void>;
  readonly say: (said: Said, terms: Terms) => SayResult;
  readonly keyNo: () => number;
  readonly clock: Clock;
  readonly room: DiskRoom;
  readonly archived?: PeerLinkOptions<HubTables>['archived'];
  readonly evKept: () => void;
  readonly noted: (code: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly committed?: (lane: Lane) => void;
};

/** A lease that is not renewed by any word marks the station off line at the hub. In ms. */
const LEASE_MS = 90_000;
/** The same station is asked to say hello at most this often. */
const AGAIN_MS = 1_000;
const monotonic = () => performance.now();

/** The hub's end of the link with one station. */
export class StationLink {
  readonly #options: StationLinkOptions;
  readonly #liveness = new Liveness();
  readonly #link: PeerLink<HubTables>;
  readonly #requests: PeerRequests<HubTables>;
  readonly #answers: RequestHandlers;
  /** The life of the agent that was welcomed, and what was agreed upon; undefined without a session. */
  #session: ({ readonly boot: string } & Terms) | undefined;
  #greeting: Promise<void> = Promise.resolve();
  #fence: string | undefined;
  #gone = false;
  /** What the hub had lost is here again: the station is to say hello, until it does. */
  #greetAnew = false;
  #askedAgainAt = Number.NEGATIVE_INFINITY;
  /** When, by the station's clock, the latest hello was said that was admitted or doubted; and whether one is in doubt. */
  #toldAt = Number.NEGATIVE_INFINITY;
  #doubted = false;
  /** What the station last said of itself: what is kept of a copy whose history is another one. */
  #hello: Hello | undefined;
  readonly #news = new StationNews();

  constructor(options: StationLinkOptions) {
    this.#options = options;
    const { store, station, facts, answers, clock, room, evKept, noted, committed } = options;
    this.#answers = {
      ...answers,
      'stream.back': async (wish) => done(await sendBack(store.read, station, wish)),
      'stream.hash': async (wish) => done(await hashHeld(store.read, station, wish)),
      'stream.dispute': (rows) => keepDisputed(store, station, rows, clock.now()),
    };
    const say = (said: Said) => (this.#session ? options.say(said, this.#session) : 'busy');
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
      mayKeep: () => room.short === null,
      evKept,
      noted,
      ...(options.archived ? { archived: options.archived } : {}),
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
      queuedHere: this.#link.queued,
      ...this.#news.told,
      stopped: this.#fence ?? (lane ? `${lane.lane}: ${lane.reason}` : null),
    };
  }

  appended(lane: Lane, head: number): void {
    this.#link.appended(lane, head);
  }

  tick(): void {
    this.#link.tick();
    if (this.#greetAnew) this.#askAgain();
  }

  resolve(): Promise<void> {
    return this.online ? this.#requests.resolve() : Promise.resolve();
  }

  /** Writes down when the station was last heard. */
  keepFreshness(): Promise<void> {
    return this.#news.keep(this.#options.store, this.#options.station);
  }

  /** The station's retained life sign or its will. A will of an earlier life means nothing. */
  lifeSign(on: boolean, boot: string): void {
    if (this.#session?.boot === boot) this.#gone = !on;
  }

  async hear(message: StationMessage): Promise<void> {
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
      this.#stopAs(message.code, message.detail);
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
        .answer(this.#answers, message, ageMs)
        .catch((cause: unknown) => this.#options.noted('request.failed', { kind: message.m, reason: String(cause) }));
    } else if (message.k === 'res') this.#requests.heard(message);
    else if (message.k === 'batch' || message.k === 'ack' || message.k === 'nack') await this.#link.hear(message);
    else if (message.k === 'ref-get') await this.#pulled(message);
    else if (message.k === 'beat') await this.#heardBeat(message);
  }

  /** Ends the session with a reason that a person has to look at. */
  fence(code: string, detail: string): void {
    const { station, say, noted } = this.#options;
    noted('link.fenced', { station, code, detail, by: 'hub' });
    say({ k: 'fence', code, detail: detail.slice(0, 200) }, this.#session ?? NO_TERMS);
    this.#stopAs(code, detail);
  }

  /** The hub has begun a new life: the station says hello to it. */
  async beginAnew(): Promise<void> {
    await this.#end();
    this.#greetAnew = true;
  }

  /** Nothing more is sent or taken; what has arrived is kept. */
  async close(): Promise<void> {
    await this.#greeting;
    await this.#end();
  }

  #stopAs(code: string, detail: string): void {
    const { store, station, clock, noted } = this.#options;
    const hello = this.#hello;
    this.#fence = code;
    const unwritten = (cause: unknown) => noted('link.not-kept', { station, reason: String(cause) });
    const written = store.transaction(async (tx) => {
      await keepFence(tx, station, code);
      if (code === 'link.streams-forked' && hello) await noteFork(tx, hello, detail, clock.now());
    });
    Promise.all([this.#end(), written]).catch(unwritten);
  }

  async #end(): Promise<void> {
    this.#session = undefined;
    await this.#link.stop();
  }

  #heard(message: StationMessage): void {
    this.#liveness.heard(monotonic());
    this.#gone = false;
    this.#news.heard(message, this.#options.clock.now());
  }

  async #heardBeat(message: Beat): Promise<void> {
    const { store, station, clock, say } = this.#options;
    this.#news.heardBeat(message);
    const refs = await versionsFor(store.read, station);
    if (this.#session) {
      const answer = { heads: [], queued: this.#link.queued, lagMs: 0, echo: message.at, refs };
      say({ k: 'beat', acks: this.#link.acks(), ...answer, copied: this.#link.copied() }, this.#session);
    }
    await this.#link.hear(message);
    await store.transaction(async (tx) => {
      await keepHeads(tx, station, message.heads, clock.now());
      if (message.disk) await noteDisk(tx, station, message.disk, clock.now());
    });
  }

  /** Part of a data set. An answer that cannot be made or sent is asked for again. */
  async #pulled(asked: RefGet): Promise<void> {
    const { store, station, clock, noted } = this.#options;
    const lease = this.#session?.lease;
    try {
      const part = await answerPull(store, station, asked, clock.now());
      if (part && lease !== undefined && lease === this.#session?.lease) this.#link.sayBulk(part);
    } catch (cause) {
      noted('ref.not-answered', { station, set: asked.set, reason: String(cause) });
    }
  }

  #askAgain(): void {
    const now = monotonic();
    if (now - this.#askedAgainAt < AGAIN_MS) return;
    this.#askedAgainAt = now;
    this.#options.say({ k: 'again' }, NO_TERMS);
  }

  async #welcome(hello: Hello): Promise<void> {
    const { store, clock } = this.#options;
    if (await isCopy(store.read, hello)) return this.#turnAway(hello);
    this.#greetAnew = false;
    this.#hello = hello;
    await this.#end();
    const judged = await judgeHello(store, hello, clock.now());
    if (!judged.ok) {
      const { code, detail } = judged.refusal;
      if (code === 'link.we-were-restored') await this.#options.restored(detail);
      else if (code === 'link.peer-restored' && !this.#saysSoAgain(hello)) this.#doubt(hello, detail);
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
    say({ k: 'fence', code, detail: installId.slice(0, 200), to: boot }, NO_TERMS);
    if (!this.#session) this.#stopAs(code, installId);
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

  async #admit(
    hello: Hello,
    { lease, incarnation, minor, ours, notices, behind, ahead, fork }: Admission,
  ): Promise<void> {
    const { station, say, keyNo, noted } = this.#options;
    const hubIncarnation = this.#options.hubIncarnation();
    for (const notice of notices) noted(notice.code, { station, lane: notice.lane, detail: notice.detail });
    this.#fence = undefined;
    this.#session = { boot: hello.boot, lease, minor };
    this.#heard(hello);
    if (!behind && !ahead) await this.#link.start(ours, hello.lanes, BATCHES_IN_FLIGHT_MAX);
    say(
      {
        k: 'welcome',
        to: { boot: hello.boot, at: hello.at },
        minor,
        ttlMs: LEASE_MS,
        hubIncarnation,
        incarnation,
        lanes: ours,
        window: BATCHES_IN_FLIGHT_MAX,
        rate: null,
        keyId: keyNo(),
        ...(fork === undefined ? {} : { fork }),
      },
      { lease, minor },
    );
    if (!hello.proven && !behind && !ahead) noted('link.new-incarnation', { station, incarnation });
    noted('link.welcomed', { station, lease, agentVersion: hello.agentVersion });
    this.#link.tick();
    if (ahead) void this.#takeBack();
  }

  async #takeBack(): Promise<void> {
    const { store, station, lostFacts: facts, noted } = this.#options;
    const ask: TakeBackParts['ask'] = (wish) => this.#requests.request('stream.back', wish);
    try {
      const taken = await takeBackFrom({ store, station, ask, facts });
      if (taken.ok) noted('hub.facts-came-back', { station, facts: taken.value });
      else noted('link.rebuild-interrupted', { station, ...taken.refusal });
      this.#greetAnew = true;
    } catch (cause) {
      const code = cause instanceof NotOurHistory ? cause.code : 'hub.not-rebuilt';
      this.fence(code, cause instanceof Error ? cause.message : String(cause));
    }
  }
}
