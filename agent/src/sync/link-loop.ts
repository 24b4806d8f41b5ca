import { randomBytes } from 'node:crypto';
import type { Clock } from '@lianpiao/shared/clock';
import type { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { channelOf, PUBLIC_KEY, publishFrame, readFrame } from '@lianpiao/shared/link/framing';
import { InboxProjector, type ParkedQueue } from '@lianpiao/shared/link/inbox-projector';
import { type MqttSession, openMqttSession, type SessionTls } from '@lianpiao/shared/link/mqtt-session';
import { PeerLink, type Said, type SayResult } from '@lianpiao/shared/link/peer-link';
import { PeerRequests } from '@lianpiao/shared/link/peer-requests';
import { RefusalTally } from '@lianpiao/shared/link/refusal-tally';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { eventsFrom, headsOf, positionsOf, sentHash } from '@lianpiao/shared/link/stream-rows';
import { ClockOffset } from '@lianpiao/shared/protocol/clock-offset';
import { comparePositions, LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Beat, Envelope, Message, Welcome } from '@lianpiao/shared/protocol/messages';
import { StationSession } from '@lianpiao/shared/protocol/session';
import { liveTopic, stationFilters, upTopic } from '@lianpiao/shared/protocol/topics';
import { MINOR, SPOKEN } from '@lianpiao/shared/protocol/versions';
import type { LinkPort } from '../link-port.ts';
import { resumeSelling } from '../selling/resume-selling.ts';
import { saleStops } from '../selling/sale-stops.ts';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { type Fence, keepFence } from './keep-fence.ts';
import { keepIncarnation, keepLastWord, type LinkIdentity, linkIdentity } from './link-identity.ts';
import { beginRecovery, finishRecovery } from './recovery.ts';

export type LinkLoopOptions = {
  readonly store: AgentStore;
  readonly station: string;
  /** `mqtts://host:port`, in the order of preference. */
  readonly brokers: readonly [string, ...string[]];
  readonly tls: SessionTls;
  readonly keys: MacKeys;
  readonly installId: string;
  readonly agentVersion: string;
  readonly clock: Clock;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Called between commit and acknowledgement of a batch. */
  readonly committed?: (lane: Lane) => void;
};

const HUB = 'hub';
const TICK_MS = 10;
/** How often the outbox is looked at for new rows while there are commits, and unknown outcomes are asked about. In ms. */
const OUTBOX_MS = 20;
const RESOLVE_MS = 5_000;
const RECOVERY_MS = 200;
const monotonic = () => performance.now();

/**
 * The station's end of the link: sends the outbox, keeps and applies what the hub sends, asks and answers. Everything
 * that must survive is a row; this can be killed at any instruction.
 */
export class LinkLoop implements LinkPort {
  readonly #options: LinkLoopOptions;
  readonly #session = new StationSession();
  readonly #offset = new ClockOffset();
  readonly #tally: RefusalTally;
  readonly #boot = randomBytes(6).toString('hex');
  #identity: LinkIdentity | undefined;
  #mqtt: MqttSession | undefined;
  #link: PeerLink<AgentTables> | undefined;
  #projector: InboxProjector<AgentTables> | undefined;
  readonly #requests: PeerRequests<AgentTables>;
  #answers: RequestHandlers = {};
  #timer: NodeJS.Timeout | undefined;
  #outboxReadAt = 0;
  #resolvedAt = 0;
  #looking = false;
  /** Commits of the store when the outbox was last looked at. */
  #lookedAt = -1;
  /** A recovery may have to be ended: looked at after each welcome. */
  #recovering = false;
  #recoveredAt = 0;
  /** Our latest hello and heartbeat: their wall clock, which comes back, and when they were said. */
  #said = { at: 0, on: 0 };
  #lastWordAt: number | null = null;

  constructor(options: LinkLoopOptions) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#tally = new RefusalTally((code, facts) => log('frame.refused', { code, ...facts }));
    this.#requests = new PeerRequests({
      store,
      peer: HUB,
      say: (said) => this.#say(said),
      newId: () => randomBytes(12).toString('hex'),
      clock,
      monotonic,
      noted: this.#noted,
    });
  }

  /** Connects, and goes on by itself. `facts` are applied in the transaction that keeps them. */
  async start(facts: FactHandlers<AgentTables>, answers: RequestHandlers): Promise<void> {
    const { store, brokers, tls, station } = this.#options;
    this.#identity = await linkIdentity(store);
    this.#lastWordAt = this.#identity.lastWordAt;
    this.#answers = answers;
    this.#projector = new InboxProjector(store, () => facts, this.#noted);
    this.#link = new PeerLink({
      store,
      peer: HUB,
      handlers: facts,
      say: (said) => this.#say(said),
      monotonic,
      evKept: () => this.#projector?.wake(),
      broken: (code, found) => this.#fence(code, found),
      noted: this.#noted,
      ...(this.#options.committed ? { committed: this.#options.committed } : {}),
    });
    this.#link.known(await positionsOf(store.read, HUB));
    await this.#projector.start();
    this.#mqtt = openMqttSession({
      urls: brokers,
      tls,
      clientId: `ag-${station}-${this.#boot}-c`,
      will: () => ({ topic: liveTopic(station), payload: this.#lifeSign(false), retain: true }),
      subscriptions: stationFilters(station),
      onMessage: (topic, payload) => this.#hear(topic, payload),
      onUp: (url) => {
        this.#options.log('link.connected', { url });
        this.#mqtt?.publish(liveTopic(station), this.#lifeSign(true), { retain: true });
        this.#session.connected();
        this.#tick();
      },
      onDown: (reason) => {
        this.#options.log('link.disconnected', { reason });
        this.#session.disconnected();
        void this.#link?.stop();
      },
      onTrouble: (trouble) => this.#tally.note(trouble.code, HUB, { ...trouble }, monotonic()),
      random: Math.random,
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  request: LinkPort['request'] = (kind, body, key) => this.#requests.request(kind, body, key);

  state(): ReturnType<LinkPort['state']> {
    const lane = this.#link?.stoppedLane;
    return {
      online: this.#session.state === 'up' && !this.#session.liveness.offline(monotonic()),
      lastWordAt: this.#lastWordAt,
      queued: this.#link?.queued ?? 0,
      stopped: this.#session.fence ?? (lane ? `${lane.lane}: ${lane.reason}` : null),
    };
  }

  /** What is added to this machine's clock to get the hub's, in ms; null before the hub was first heard. */
  get clockOffsetMs(): number | null {
    return this.#offset.ms;
  }

  /** Frames and messages that were dropped, by code. */
  get refused(): Readonly<Record<string, number>> {
    return this.#tally.counts();
  }

  parked(): Promise<ParkedQueue[]> {
    return this.#projector?.parked() ?? Promise.resolve([]);
  }

  async replay(agg: string): Promise<void> {
    await this.#projector?.replay(HUB, agg);
  }

  /** Says goodbye and keeps what has arrived. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#mqtt?.publish(liveTopic(this.#options.station), this.#lifeSign(false), { retain: true });
    await this.#mqtt?.close();
    this.#session.disconnected();
    await this.#link?.stop();
    await this.#projector?.close();
  }

  readonly #noted = (code: string, facts: Readonly<Record<string, unknown>>) => this.#options.log(code, facts);

  #tick(): void {
    const now = monotonic();
    if (this.#session.helloDue(now)) void this.#sayHello(now);
    if (now - this.#outboxReadAt >= OUTBOX_MS) void this.#lookIntoOutbox(now);
    this.#link?.tick();
    if (this.#session.state !== 'up') return;
    if (this.#recovering && now - this.#recoveredAt >= RECOVERY_MS) void this.#finishRecovery(now);
    if (this.#session.liveness.beatDue(now)) void this.#beat(now);
    if (now - this.#resolvedAt >= RESOLVE_MS) {
      this.#resolvedAt = now;
      this.#requests.resolve().catch((cause: unknown) => this.#noted('link.not-kept', { reason: String(cause) }));
    }
  }

  async #finishRecovery(now: number): Promise<void> {
    this.#recoveredAt = now;
    try {
      if (await finishRecovery(this.#options.store, this.#options.clock.now())) this.#recovering = false;
    } catch (cause) {
      this.#noted('link.not-kept', { reason: String(cause) });
    }
  }

  async #lookIntoOutbox(now: number): Promise<void> {
    const { store } = this.#options;
    const commits = store.commits();
    if (this.#looking || commits === this.#lookedAt) return;
    this.#looking = true;
    this.#outboxReadAt = now;
    this.#lookedAt = commits;
    for (const { peer, lane, head } of await headsOf(store.read)) {
      if (peer === HUB) this.#link?.appended(lane, head);
    }
    this.#looking = false;
    this.#link?.tick();
  }

  async #sayHello(now: number): Promise<void> {
    const { store, installId, agentVersion, clock } = this.#options;
    this.#session.saidHello(now);
    await this.#link?.stop();
    const lanes = await positionsOf(store.read, HUB);
    const stop = (await saleStops(store.read)).find(({ cause }) => cause === 'continuity');
    const proven = stop === undefined || stop.code === 'station.recovering';
    this.#said = { at: clock.now(), on: monotonic() };
    this.#say(
      { k: 'hello', versions: SPOKEN, agentVersion, dbId: this.#identity!.dbId, installId, proven, lanes },
      this.#said.at,
    );
  }

  async #beat(now: number): Promise<void> {
    this.#session.liveness.beaten(now);
    const { seat, ev } = await positionsOf(this.#options.store.read, HUB);
    const heads = [
      { lane: 'seat' as const, head: seat.out.next - 1, hash: seat.out.headHash },
      { lane: 'ev' as const, head: ev.out.next - 1, hash: ev.out.headHash },
    ];
    const lagMs = await this.#lagMs();
    this.#said = { at: this.#options.clock.now(), on: monotonic() };
    this.#say(
      { k: 'beat', acks: this.#link!.acks(), heads, queued: this.#link!.queued, lagMs, echo: null },
      this.#said.at,
    );
  }

  /** Age of the oldest event that the hub has not confirmed, in ms. */
  async #lagMs(): Promise<number> {
    const { store, clock } = this.#options;
    const oldest = await Promise.all(
      LANES.map((lane) => eventsFrom(store.read, HUB, lane, this.#link!.acked(lane) + 1, 1)),
    );
    return Math.max(0, ...oldest.flat().map((event) => clock.now() - event.at));
  }

  async #hear(topic: string, payload: Uint8Array): Promise<void> {
    const { station, keys, clock } = this.#options;
    const heard = readFrame(topic, payload, (code) => (code === station ? keys : undefined), clock.now());
    if (!heard.ok) {
      const { code, ...facts } = heard.refusal;
      this.#tally.note(code, HUB, facts, monotonic());
      return;
    }
    const { message } = heard.value;
    if (message.k === 'hub-live') {
      if (message.on) this.#session.hubBegan(message.boot, monotonic());
      return;
    }
    if (message.k === 'live' || message.st !== station) return;
    await this.#hearHub(message);
  }

  async #hearHub(message: Exclude<Message, { k: 'live' | 'hub-live' }>): Promise<void> {
    switch (message.k) {
      case 'welcome':
        await this.#welcomed(message);
        return;
      case 'again':
        this.#session.askedAgain(monotonic());
        return;
      case 'fence':
        if (message.to !== undefined && message.to !== this.#boot) return;
        if (this.#session.state !== 'fenced')
          this.#noted('link.fenced', { code: message.code, detail: message.detail, by: HUB });
        this.#session.fenced(message.code, monotonic());
        await Promise.all([this.#link?.stop(), this.#keepFence({ ...message, by: HUB })]);
        return;
      default:
        await this.#hearUnderLease(message);
    }
  }

  async #hearUnderLease(message: Exclude<Message, { k: 'live' | 'hub-live' }>): Promise<void> {
    const { lease } = this.#session;
    // Not said under our lease, or by another life of the hub: late, and repaired by the streams.
    if (!lease || message.ln !== lease.lease || message.inc !== lease.hubIncarnation) {
      this.#tally.note('link.foreign-lease', HUB, { k: message.k }, monotonic());
      return;
    }
    this.#session.liveness.heard(monotonic());
    this.#lastWordAt = this.#options.clock.now();
    if (message.k === 'req') {
      const ageMs = this.#offset.ms === null ? null : this.#options.clock.now() + this.#offset.ms - message.at;
      // Not awaited: an answer may itself have to ask the hub.
      this.#requests
        .answer(this.#answers, message, ageMs)
        .catch((cause: unknown) => this.#noted('request.failed', { kind: message.m, reason: String(cause) }));
    } else if (message.k === 'res') this.#requests.heard(message);
    else if (message.k === 'batch' || message.k === 'ack' || message.k === 'nack') await this.#link?.hear(message);
    else if (message.k === 'beat') await this.#heardBeat(message);
  }

  async #heardBeat(message: Beat): Promise<void> {
    if (message.echo === this.#said.at)
      this.#offset.exchanged(monotonic() - this.#said.on, message.at, this.#options.clock.now());
    await this.#link?.hear(message);
    await keepLastWord(this.#options.store, this.#lastWordAt ?? 0);
  }

  async #welcomed(message: Welcome): Promise<void> {
    const { store, clock, installId } = this.#options;
    if (message.to.boot !== this.#boot || !this.#session.isNew({ lease: message.ln, hubBoot: message.boot })) return;
    const ours = await positionsOf(store.read, HUB);
    const kept = new Map<string, string | undefined>();
    for (const lane of LANES) kept.set(lane, await sentHash(store.read, HUB, lane, message.lanes[lane].in.ack));
    const { fatal, notices } = comparePositions(ours, message.lanes, (lane) => kept.get(lane));
    for (const notice of notices) this.#noted(notice.code, { lane: notice.lane, detail: notice.detail });
    if (fatal) return this.#fence(fatal.code, { lane: fatal.lane, detail: fatal.detail });

    const { ln: lease, minor, hubIncarnation, incarnation, boot: hubBoot } = message;
    // First what must be durable: if that fails there is no session, and we say hello again.
    await store.transaction(async (tx) => {
      await resumeSelling(tx, 'fence');
      if (incarnation === this.#identity!.incarnation) return;
      await keepIncarnation(tx, incarnation);
      await beginRecovery(tx, { theirs: message.lanes, installId }, clock.now());
    });
    this.#identity = { ...this.#identity!, incarnation };
    this.#recovering = true;
    if (!this.#session.welcomed({ lease, minor, hubIncarnation, hubBoot, incarnation }, monotonic())) return;
    if (message.to.at === this.#said.at) this.#offset.exchanged(monotonic() - this.#said.on, message.at, clock.now());
    this.#lastWordAt = clock.now();
    await this.#link?.start(ours, message.lanes, message.window);
    this.#options.log('link.welcomed', { lease, incarnation, hubIncarnation, queued: this.#link?.queued });
    this.#tick();
  }

  #fence(code: string, facts: Readonly<Record<string, unknown>>): void {
    if (this.#session.state !== 'fenced') this.#options.log('link.fenced', { code, by: 'station', ...facts });
    this.#say({ k: 'fence', code, detail: JSON.stringify(facts).slice(0, 200) });
    this.#session.fenced(code, monotonic());
    void this.#link?.stop();
    void this.#keepFence({ code, detail: JSON.stringify(facts), by: 'station' });
  }

  #keepFence(fence: Fence): Promise<void> {
    return keepFence(this.#options.store, fence, this.#options.clock.now()).catch((cause: unknown) =>
      this.#noted('link.not-kept', { reason: String(cause) }),
    );
  }

  #say(said: Said, at = this.#options.clock.now()): SayResult {
    const { station, keys } = this.#options;
    const lease = this.#session.lease;
    const session = said.k === 'hello' || said.k === 'fence';
    if (!this.#mqtt?.isUp() || (!session && !lease)) return 'busy';
    const envelope: Envelope = {
      v: MINOR,
      st: station,
      inc: this.#identity?.incarnation ?? 0,
      boot: this.#boot,
      ln: lease?.lease ?? 0,
      at,
      off: this.#offset.ms,
    };
    const channel = channelOf(said);
    const topic = upTopic(station, channel === 'session' ? 'hello' : channel);
    return publishFrame(keys.signing(at), topic, { ...envelope, ...said }, (to, payload) =>
      this.#mqtt!.publish(to, payload),
    );
  }

  #lifeSign(on: boolean): Uint8Array {
    const { station, keys, clock } = this.#options;
    let payload: Uint8Array = new Uint8Array();
    publishFrame(
      keys.signing(clock.now()) ?? PUBLIC_KEY,
      liveTopic(station),
      { k: 'live', on, boot: this.#boot, at: clock.now() },
      (_topic, frame) => {
        payload = frame;
        return true;
      },
    );
    return payload;
  }
}
