import { randomBytes } from 'node:crypto';
import type { Clock } from '@lianpiao/shared/clock';
import type { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { invariant } from '@lianpiao/shared/domain/invariant';
import { type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { channelOf, NO_TERMS, PUBLIC_KEY, publishFrame, readFrame, type Terms } from '@lianpiao/shared/link/framing';
import { InboxProjector, type ParkedQueue } from '@lianpiao/shared/link/inbox-projector';
import { type MqttSession, openMqttSession, type SessionTls } from '@lianpiao/shared/link/mqtt-session';
import type { Said, SayResult } from '@lianpiao/shared/link/peer-link';
import { RefusalTally } from '@lianpiao/shared/link/refusal-tally';
import type { Refused, RequestHandlers } from '@lianpiao/shared/link/request-book';
import { headsOf } from '@lianpiao/shared/link/stream-rows';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Envelope, Hint } from '@lianpiao/shared/protocol/messages';
import type { RequestAnswer, RequestBody, RequestKind } from '@lianpiao/shared/protocol/requests';
import { downTopic, HINT, HUB_FILTERS, HUB_LIVE } from '@lianpiao/shared/protocol/topics';
import { MINOR_OLDEST } from '@lianpiao/shared/protocol/versions';
import type { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import type { StreamArchive } from '@lianpiao/shared/store/pruning/stream-archive';
import { beginRestore } from '../restore/begin-restore.ts';
import { finishRestores } from '../restore/finish-restore.ts';
import { noteOtherHub } from '../restore/superseded.ts';
import type { HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { StationLink } from './station-link.ts';
import type { StationFreshness } from './station-news.ts';
import { hubIncarnation } from './station-record.ts';

export type LinkHubOptions = {
  readonly store: HubStore;
  readonly brokers: readonly [string, ...string[]];
  readonly tls: SessionTls;
  /** Keys of an enrolled station; undefined for one that is not, or not any more. Asked for every frame: from memory. */
  readonly keysOf: (station: string) => MacKeys | undefined;
  /** A frame of the station was proved with that key. */
  readonly keyUsed?: (station: string, keyNo: number) => void;
  /** What the facts of a station change here. Asked once a station. */
  readonly facts: (station: string) => FactHandlers<HubTables>;
  /** What the hub's own facts change here, when stations send them back after the hub was restored. */
  readonly lostFacts: FactHandlers<HubTables>;
  /** What a station may ask. */
  readonly answers: (station: string) => RequestHandlers;
  readonly clock: Clock;
  /** A hub without room takes nothing from stations: their rows stay with them. */
  readonly room: DiskRoom;
  readonly archive?: StreamArchive;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Called between commit and acknowledgement of a batch. */
  readonly committed?: (station: string, lane: Lane) => void;
};

const TICK_MS = 10;
const OUTBOX_MS = 20;
/** Unknown outcomes are asked about, and freshness is written down. */
const RESOLVE_MS = 5_000;
const RESTORE_MS = 200;
/** A batch whose frame is this long is part of a backlog, and more of it is on its way for so many ms. */
const BACKLOG_FRAME_BYTES = 4096;
const BACKLOG_MS = 20;
const monotonic = () => performance.now();

/**
 * The hub's end of all links: one connection to the broker, one `StationLink` a station, one projector. The store commits
 * what many stations sent in one go; each is acknowledged after that commit.
 */
export class LinkHub {
  readonly #options: LinkHubOptions;
  readonly #stations = new Map<string, StationLink>();
  readonly #facts = new Map<string, FactHandlers<HubTables>>();
  readonly #boot = randomBytes(6).toString('hex');
  readonly #tally: RefusalTally;
  readonly #projector: InboxProjector<HubTables>;
  #mqtt: MqttSession | undefined;
  #incarnation = 1;
  #timers: NodeJS.Timeout[] = [];
  #looking = false;
  /** Commits of the store when the outbox was last looked at. */
  #lookedAt = -1;
  #backlogAt = Number.NEGATIVE_INFINITY;

  constructor(options: LinkHubOptions) {
    this.#options = options;
    this.#tally = new RefusalTally((code, facts) => options.log('frame.refused', { code, ...facts }));
    this.#projector = new InboxProjector(
      options.store,
      (station) => this.#factsOf(station),
      this.#noted,
      () => monotonic() - this.#backlogAt < BACKLOG_MS,
    );
  }

  async start(): Promise<void> {
    const { store, brokers, tls, log } = this.#options;
    this.#incarnation = await hubIncarnation(store.read);
    await this.#projector.start();
    this.#mqtt = openMqttSession({
      urls: brokers,
      tls,
      clientId: `hub-${this.#boot}`,
      will: () => ({ topic: HUB_LIVE, payload: this.#lifeSign(false), retain: true }),
      subscriptions: HUB_FILTERS,
      onMessage: (topic, payload) => this.#hear(topic, payload),
      onUp: (url) => {
        log('link.connected', { url });
        this.#mqtt?.publish(HUB_LIVE, this.#lifeSign(true), { retain: true });
      },
      onDown: (reason) => log('link.disconnected', { reason }),
      onTrouble: (trouble) => this.#tally.note(trouble.code, 'broker', { ...trouble }, monotonic()),
      random: Math.random,
    });
    this.#every(TICK_MS, () => {
      for (const station of this.#stations.values()) station.tick();
    });
    this.#every(OUTBOX_MS, () => void this.#lookIntoOutbox());
    this.#every(RESOLVE_MS, () => {
      const unwritten = (cause: unknown) => this.#noted('link.not-kept', { reason: String(cause) });
      for (const station of this.#stations.values()) {
        Promise.all([station.resolve(), station.keepFreshness()]).catch(unwritten);
      }
    });
    this.#every(RESTORE_MS, () => {
      finishRestores(store, this.#options.clock.now())
        .then((heard) => {
          for (const station of heard) this.#noted('hub.station-heard', { station });
        })
        .catch((cause: unknown) => this.#noted('link.not-kept', { reason: String(cause) }));
    });
  }

  /** Asks a station. Without a session the answer is `link.offline` at once. */
  request<Kind extends RequestKind>(
    station: string,
    kind: Kind,
    body: RequestBody<Kind>,
    key?: string,
  ): Promise<Outcome<RequestAnswer<Kind>, Refused>> {
    const link = this.#stations.get(station);
    return link?.online ? link.request(kind, body, key) : Promise.resolve(refuse({ code: 'link.offline', station }));
  }

  /** Every station that was heard since the start. */
  freshness(): StationFreshness[] {
    return [...this.#stations.values()].map((station) => station.freshness());
  }

  /** Frames and messages that were dropped, by code. */
  get refused(): Readonly<Record<string, number>> {
    return this.#tally.counts();
  }

  parked(): Promise<ParkedQueue[]> {
    return this.#projector.parked();
  }

  replay(station: string, agg: string): Promise<void> {
    return this.#projector.replay(station, agg);
  }

  /** Resolves when everything that has been kept is projected. */
  projected(): Promise<void> {
    return this.#projector.idle();
  }

  /** Tells every station that a data set has a new version. Who misses it is told by the next heartbeat. */
  hint(set: string, version: number): void {
    const message: Hint = { k: 'hint', set, version, at: this.#options.clock.now() };
    publishFrame(PUBLIC_KEY, HINT, message, MINOR_OLDEST, (to, payload) => this.#mqtt?.publish(to, payload) ?? false);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#mqtt?.publish(HUB_LIVE, this.#lifeSign(false), { retain: true });
    await this.#mqtt?.close();
    await Promise.all([...this.#stations.values()].map((station) => station.close()));
    await this.#projector.close();
  }

  readonly #noted = (code: string, facts: Readonly<Record<string, unknown>>) => this.#options.log(code, facts);

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms));
  }

  async #hear(topicText: string, payload: Uint8Array): Promise<void> {
    const { keysOf, clock } = this.#options;
    const heard = readFrame(topicText, payload, keysOf, clock.now());
    if (!heard.ok) {
      const { code, ...facts } = heard.refusal;
      this.#tally.note(code, topicText.slice(0, 40), facts, monotonic());
      return;
    }
    const { topic, message, keyNo } = heard.value;
    if ('station' in topic) this.#options.keyUsed?.(topic.station, keyNo);
    if (message.k === 'batch' && payload.length >= BACKLOG_FRAME_BYTES) this.#backlogAt = monotonic();
    if (message.k === 'hub-live') await this.#otherHub(message.hubIncarnation, HUB_LIVE);
    else if (message.k === 'hello' && (await this.#otherHub(message.hubInc ?? 0, message.st))) return;
    if (topic.kind === 'station-live' && message.k === 'live')
      this.#stationLink(topic.station).lifeSign(message.on, message.boot);
    else if (topic.kind === 'up' && message.k !== 'live' && message.k !== 'hub-live' && message.k !== 'hint')
      await this.#stationLink(topic.station).hear(message);
  }

  #stationLink(station: string): StationLink {
    const known = this.#stations.get(station);
    if (known) return known;
    const { store, answers, clock, room, archive, keysOf, committed } = this.#options;
    const link = new StationLink({
      store,
      station,
      hubIncarnation: () => this.#incarnation,
      lostFacts: this.#options.lostFacts,
      restored: (detail) => this.#restored(detail),
      facts: this.#factsOf(station),
      answers: answers(station),
      say: (said, terms) => this.#say(station, said, terms),
      keyNo: () => keysOf(station)?.signing(clock.now())?.keyNo ?? 0,
      clock,
      room,
      archived: (lane, from, limit) => archive?.from({ peer: station, lane }, from, limit) ?? [],
      evKept: () => this.#projector.wake(),
      noted: this.#noted,
      ...(committed ? { committed: (lane: Lane) => committed(station, lane) } : {}),
    });
    this.#stations.set(station, link);
    return link;
  }

  #factsOf(station: string): FactHandlers<HubTables> {
    let facts = this.#facts.get(station);
    if (!facts) {
      facts = this.#options.facts(station);
      this.#facts.set(station, facts);
    }
    return facts;
  }

  /** A station holds more than this hub has ever told: from here on it is a new life, and each station says hello to it. */
  async #restored(detail: string): Promise<void> {
    const { store, clock } = this.#options;
    const cause = { code: 'hub.told-by-station', detail } as const;
    await store.transaction((tx) => beginRestore(tx, cause, undefined, clock.now()));
    this.#incarnation = await hubIncarnation(store.read);
    this.#noted('hub.restored', { hubIncarnation: this.#incarnation, detail });
    for (const station of this.#stations.values()) await station.beginAnew();
    this.#mqtt?.publish(HUB_LIVE, this.#lifeSign(true), { retain: true });
  }

  /** True where another hub has taken this one's place: stations are its business. This one sells no more. */
  async #otherHub(incarnation: number, seenBy: string): Promise<boolean> {
    if (incarnation <= this.#incarnation) return false;
    const { store, clock } = this.#options;
    if (await store.transaction((tx) => noteOtherHub(tx, incarnation, seenBy, clock.now())))
      this.#noted('hub.superseded', { incarnation, seenBy });
    return true;
  }

  async #lookIntoOutbox(): Promise<void> {
    const { store } = this.#options;
    const commits = store.commits();
    if (this.#looking || commits === this.#lookedAt) return;
    this.#looking = true;
    this.#lookedAt = commits;
    for (const { peer, lane, head } of await headsOf(store.read)) this.#stations.get(peer)?.appended(lane, head);
    this.#looking = false;
  }

  #say(station: string, said: Said, { lease, minor }: Terms): SayResult {
    const { keysOf, clock } = this.#options;
    if (!this.#mqtt?.isUp()) return 'busy';
    const at = clock.now();
    const envelope: Envelope = {
      v: minor,
      st: station,
      inc: this.#incarnation,
      boot: this.#boot,
      ln: lease,
      at,
      off: 0,
    };
    const channel = channelOf(said);
    invariant(channel !== 'tel', 'only stations tell of themselves');
    const topic = downTopic(station, channel === 'session' ? 'welcome' : channel);
    return publishFrame(keysOf(station)?.signing(at), topic, { ...envelope, ...said }, minor, (to, payload) =>
      this.#mqtt!.publish(to, payload),
    );
  }

  #lifeSign(on: boolean): Uint8Array {
    let payload: Uint8Array = new Uint8Array();
    const message = {
      k: 'hub-live',
      on,
      hubIncarnation: this.#incarnation,
      boot: this.#boot,
      at: this.#options.clock.now(),
    };
    publishFrame(PUBLIC_KEY, HUB_LIVE, message, NO_TERMS.minor, (_topic, frame) => {
      payload = frame;
      return true;
    });
    return payload;
  }
}
