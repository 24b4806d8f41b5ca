import { randomBytes } from 'node:crypto';
import { done } from '@lianpiao/shared/domain/outcome';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { channelOf, NO_TERMS, publishFrame, readFrame, type Terms } from '@lianpiao/shared/link/framing';
import { InboxProjector, type ParkedQueue } from '@lianpiao/shared/link/inbox-projector';
import { PeerLink, type Said, type SayResult } from '@lianpiao/shared/link/peer-link';
import { PeerRequests } from '@lianpiao/shared/link/peer-requests';
import { RefusalTally } from '@lianpiao/shared/link/refusal-tally';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { sendBack } from '@lianpiao/shared/link/send-back';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Beat, Envelope, LanePositions, StationMessage, Welcome } from '@lianpiao/shared/protocol/messages';
import { StationSession } from '@lianpiao/shared/protocol/session';
import { isBulk, upTopic } from '@lianpiao/shared/protocol/topics';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import type { LinkPort } from '../link-port.ts';
import type { AgentTables } from '../store/tables.ts';
import { compareWithHub } from './compare-with-hub.ts';
import { type Connections, openConnections } from './connections.ts';
import { heartbeat } from './heartbeat.ts';
import { type Fence, keepFence } from './keep-fence.ts';
import { keepWelcome } from './keep-welcome.ts';
import { lifeSign } from './life-sign.ts';
import { LinkChores } from './link-chores.ts';
import { keepLastWord, type LinkIdentity, linkIdentity } from './link-identity.ts';
import type { LinkLoopOptions } from './link-options.ts';
import { ourHello } from './our-words.ts';
import { OutboxWatch } from './outbox-watch.ts';
import { RebuildLoop } from './rebuild-loop.ts';
import { ReferenceData } from './reference-data.ts';
import { undoFacts } from './undo-facts.ts';

const HUB = 'hub';
const TICK_MS = 10;
/** Hellos whose welcome may still come. */
const HELLOS_MAX = 16;
const monotonic = () => performance.now();

/**
 * The station's end of the link: sends the outbox, keeps and applies what the hub sends, asks and answers. Everything
 * that must survive is a row; this can be killed at any instruction.
 */
export class LinkLoop implements LinkPort {
  readonly #options: LinkLoopOptions;
  readonly #session = new StationSession();
  readonly #tally: RefusalTally;
  readonly #boot = randomBytes(6).toString('hex');
  #identity: LinkIdentity | undefined;
  #lines: Connections | undefined;
  #link: PeerLink<AgentTables> | undefined;
  #projector: InboxProjector<AgentTables> | undefined;
  readonly #requests: PeerRequests<AgentTables>;
  readonly #reference: ReferenceData;
  #answers: RequestHandlers = {};
  #timer: NodeJS.Timeout | undefined;
  readonly #chores: LinkChores;
  readonly #outbox: OutboxWatch;
  /** Our latest hello and heartbeat: their wall clock, which comes back, and when they were said. */
  #said = { at: 0, on: 0 };
  /** The last hellos: when they were said, and how far our streams were by them. */
  #hellos: readonly { readonly at: number; readonly heads: Readonly<Record<Lane, number>> }[] = [];
  #lastWordAt: number | null = null;
  #rebuilding: RebuildLoop | undefined;

  constructor(options: LinkLoopOptions) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#tally = new RefusalTally((code, facts) => log('frame.refused', { code, ...facts }));
    this.#outbox = new OutboxWatch(store, (lane, head) => this.#link?.appended(lane, head));
    this.#reference = new ReferenceData({
      store,
      say: (said) => this.#link?.sayBulk(said) ?? 'busy',
      clock,
      noted: this.#noted,
    });
    this.#requests = new PeerRequests({
      store,
      peer: HUB,
      say: (said) => this.#say(said),
      newId: () => randomBytes(12).toString('hex'),
      clock,
      monotonic,
      noted: this.#noted,
    });
    this.#chores = new LinkChores({
      ...{ store, clock, agentVersion: options.agentVersion, requests: this.#requests },
      notKept: this.#notKept,
      startedAt: monotonic(),
    });
  }

  /**
   * Connects, and goes on by itself. `facts` are applied in the transaction that keeps them; `ownFacts` are the station's own,
   * when they come back after a restore.
   */
  async start(
    facts: FactHandlers<AgentTables>,
    answers: RequestHandlers,
    ownFacts: FactHandlers<AgentTables>,
  ): Promise<void> {
    const { store, brokers, tls, station } = this.#options;
    this.#identity = await linkIdentity(store);
    this.#lastWordAt = this.#identity.lastWordAt;
    this.#answers = { ...answers, 'stream.back': async (wish) => done(await sendBack(store.read, HUB, wish)) };
    this.#rebuilding = new RebuildLoop({
      parts: {
        store,
        ask: (wish) => this.#requests.request('stream.back', wish),
        facts: ownFacts,
        askHash: (wish) => this.#requests.request('stream.hash', wish),
        dispute: (rows) => this.#requests.request('stream.dispute', rows),
        undo: undoFacts(station),
      },
      over: async () => {
        // Who has given a history up has fewer rows than it had sent.
        this.#link?.known(await positionsOf(store.read, HUB));
        this.#session.beginAnew();
      },
      stuck: (code, detail) => this.#fence(code, { detail }),
      noted: this.#noted,
    });
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
      archived: (lane, from, limit) => this.#options.archive?.from({ peer: HUB, lane }, from, limit) ?? [],
      ...(this.#options.committed ? { committed: this.#options.committed } : {}),
    });
    this.#link.known(await positionsOf(store.read, HUB));
    await this.#projector.start();
    this.#lines = openConnections({
      ...{ station, brokers, tls, boot: this.#boot, log: this.#noted },
      lifeSign: (on) => this.#lifeSign(on),
      hear: (topic, payload) => this.#hear(topic, payload),
      up: () => {
        this.#session.connected();
        this.#tick();
      },
      down: () => {
        this.#session.disconnected();
        void this.#link?.stop();
      },
      trouble: (trouble) => this.#tally.note(trouble.code, HUB, { ...trouble }, monotonic()),
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
    await this.#lines?.close();
    this.#session.disconnected();
    await this.#link?.stop();
    await this.#rebuilding?.idle();
    await this.#projector?.close();
  }

  readonly #noted = (code: string, facts: Readonly<Record<string, unknown>>) => this.#options.log(code, facts);
  readonly #notKept = (cause: unknown) => this.#noted('link.not-kept', { reason: String(cause) });

  #tick(): void {
    const now = monotonic();
    if (this.#session.helloDue(now)) void this.#sayHello(now);
    if (this.#outbox.due(now)) void this.#lookIntoOutbox(now);
    this.#link?.tick();
    if (this.#session.state !== 'up') return;
    if (this.#session.liveness.beatDue(now)) void this.#beat(now);
    void this.#reference.tick(now);
    this.#chores.tick(this.#link!, now);
  }

  async #lookIntoOutbox(now: number): Promise<void> {
    await this.#outbox.look(now);
    this.#link?.tick();
  }

  async #sayHello(now: number): Promise<void> {
    const { store, installId, agentVersion, clock } = this.#options;
    this.#session.saidHello(now);
    await this.#link?.stop();
    const hello = await ourHello(store.read, this.#identity!, { installId, agentVersion });
    this.#said = { at: clock.wall(), on: monotonic() };
    const heads = { seat: hello.lanes.seat.out.next - 1, ev: hello.lanes.ev.out.next - 1 };
    this.#hellos = [...this.#hellos, { at: this.#said.at, heads }].slice(-HELLOS_MAX);
    this.#say(hello, this.#said.at);
  }

  async #beat(now: number): Promise<void> {
    const { store, clock } = this.#options;
    this.#session.liveness.beaten(now);
    const said = await heartbeat(store, this.#link!, HUB, clock.now());
    this.#said = { at: clock.wall(), on: monotonic() };
    this.#say({ ...said, copied: this.#link!.copied(), disk: this.#options.room.word }, this.#said.at);
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
      if (message.on && !this.#isOldHub(message.hubIncarnation)) this.#session.hubBegan(message.boot, monotonic());
      return;
    }
    if (message.k === 'hint') return this.#reference.hinted(message.set, monotonic());
    if (message.k === 'live' || message.st !== station) return;
    await this.#hearHub(message);
  }

  async #hearHub(message: StationMessage): Promise<void> {
    if (this.#isOldHub(message.inc)) return;
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

  async #hearUnderLease(message: StationMessage): Promise<void> {
    const { lease } = this.#session;
    // Not said under our lease, or by another life of the hub: late, and repaired by the streams.
    if (!lease || message.ln !== lease.lease || message.inc !== lease.hubIncarnation) {
      this.#tally.note('link.foreign-lease', HUB, { k: message.k }, monotonic());
      return;
    }
    this.#session.liveness.heard(monotonic());
    this.#lastWordAt = this.#options.clock.now();
    if (message.k === 'req') {
      const { clock } = this.#options;
      const ageMs = clock.synced ? clock.now() - message.at : null;
      // Not awaited: an answer may itself have to ask the hub.
      this.#requests
        .answer(this.#answers, message, ageMs)
        // A yes is a fact in the outbox: it goes out at once.
        .then(() => this.#lookIntoOutbox(monotonic()))
        .catch((cause: unknown) => this.#noted('request.failed', { kind: message.m, reason: String(cause) }));
    } else if (message.k === 'res') this.#requests.heard(message);
    else if (message.k === 'batch' || message.k === 'ack' || message.k === 'nack') await this.#link?.hear(message);
    else if (message.k === 'ref-part') await this.#reference.heard(message, monotonic());
    else if (message.k === 'beat') await this.#heardBeat(message);
  }

  async #heardBeat(message: Beat): Promise<void> {
    if (message.echo === this.#said.at) this.#options.clock.exchanged(monotonic() - this.#said.on, message.at);
    await this.#link?.hear(message);
    await keepLastWord(this.#options.store, this.#lastWordAt ?? 0);
    await this.#reference.announced(message.refs ?? [], monotonic());
  }

  async #welcomed(message: Welcome): Promise<void> {
    const { store, clock, installId } = this.#options;
    if (message.to.boot !== this.#boot || !this.#session.isNew({ lease: message.ln, hubBoot: message.boot })) return;
    const { hubIncarnation, incarnation, fork } = message;
    if (fork !== undefined) {
      if (this.#underLease(message)) this.#rebuilding?.begin(clock.now(), fork);
      return;
    }
    const { ours, next, notices } = await compareWithHub(store.read, message, this.#identity!.hubIncarnation);
    if (this.#isOvertaken(message, ours)) return this.#session.beginAnew();
    for (const notice of notices) this.#noted(notice.code, { lane: notice.lane, detail: notice.detail });
    if (next.do === 'stop') return this.#fence(next.why.code, { lane: next.why.lane, detail: next.why.detail });
    if (message.to.at === this.#said.at) clock.exchanged(monotonic() - this.#said.on, message.at);
    if (next.do !== 'run') {
      if (this.#underLease(message) && next.do === 'rebuild') this.#rebuilding?.begin(clock.now());
      return;
    }
    // First what must be durable: if that fails there is no session, and we say hello again.
    await store.transaction((tx) => keepWelcome(tx, message, this.#identity!, { clock, installId }));
    this.#identity = { ...this.#identity!, incarnation, hubIncarnation };
    this.#chores.welcomed();
    if (!this.#underLease(message)) return;
    this.#lastWordAt = clock.now();
    await this.#link?.start(ours, message.lanes, message.window);
    this.#options.log('link.welcomed', { lease: message.ln, incarnation, hubIncarnation, queued: this.#link?.queued });
    this.#tick();
  }

  /**
   * True for a welcome to a hello of ours that came late, from before we had back what the hub holds: the hub takes us for somebody
   * who still lacks it, and runs no streams.
   */
  #isOvertaken({ to, lanes }: Welcome, ours: LanePositions): boolean {
    const hello = this.#hellos.find(({ at }) => at === to.at);
    return LANES.some((lane) => {
      const { ack } = lanes[lane].in;
      return ack > (hello?.heads[lane] ?? 0) && ack < ours[lane].out.next;
    });
  }

  /** False for a welcome that is not new. */
  #underLease({ ln: lease, minor, hubIncarnation, incarnation, boot: hubBoot }: Welcome): boolean {
    return this.#session.welcomed({ lease, minor, hubIncarnation, hubBoot, incarnation }, monotonic());
  }

  /** A hub that another one has taken the place of: it is not obeyed, whatever it says. */
  #isOldHub(hubIncarnation: number): boolean {
    const old = hubIncarnation < this.#identity!.hubIncarnation;
    if (old) this.#tally.note('link.superseded-hub', HUB, { hubIncarnation }, monotonic());
    return old;
  }

  #fence(code: string, facts: Readonly<Record<string, unknown>>): void {
    if (this.#session.state !== 'fenced') this.#options.log('link.fenced', { code, by: 'station', ...facts });
    this.#say({ k: 'fence', code, detail: JSON.stringify(facts).slice(0, 200) });
    this.#session.fenced(code, monotonic());
    void this.#link?.stop();
    void this.#keepFence({ code, detail: JSON.stringify(facts), by: 'station' });
  }

  async #keepFence(fence: Fence): Promise<void> {
    try {
      if (await keepFence(this.#options.store, fence, this.#options.clock.now())) this.#session.beginAnew();
    } catch (cause) {
      this.#notKept(cause);
    }
  }

  #say(said: Said, at = this.#options.clock.wall()): SayResult {
    const { station, keys } = this.#options;
    const session = said.k === 'hello' || said.k === 'fence';
    const channel = channelOf(said);
    const line = channel !== 'session' && isBulk(channel) ? this.#lines?.bulk : this.#lines?.control;
    if (!line?.isUp() || (!session && !this.#session.lease)) return 'busy';
    const { lease, minor }: Terms = this.#session.lease ?? NO_TERMS;
    const envelope: Envelope = {
      v: this.#session.lease ? minor : MINOR,
      st: station,
      inc: this.#identity?.incarnation ?? 0,
      boot: this.#boot,
      ln: lease,
      at,
      off: this.#options.clock.offsetMs,
    };
    const topic = upTopic(station, channel === 'session' ? 'hello' : channel);
    return publishFrame(
      keys.signing(this.#options.clock.now()),
      topic,
      { ...envelope, ...said },
      minor,
      (to, payload) => line.publish(to, payload),
    );
  }

  #lifeSign(on: boolean): Uint8Array {
    const { station, keys, clock } = this.#options;
    return lifeSign({ station, keys, boot: this.#boot }, on, clock.now());
  }
}
