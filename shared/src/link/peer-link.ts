import { BulkPace } from '../protocol/bulk-pace.ts';
import { CHAIN_START } from '../protocol/chain.ts';
import { LANES } from '../protocol/compare-positions.ts';
import type { Lane } from '../protocol/events.ts';
import { LineWindow } from '../protocol/line-window.ts';
import type { Ack, Batch, Beat, Envelope, LaneAck, LanePositions, Nack, StationMessage } from '../protocol/messages.ts';
import { StreamReceiver } from '../protocol/stream-receiver.ts';
import { BATCHES_IN_FLIGHT_MAX, batchLength, StreamSender } from '../protocol/stream-sender.ts';
import type { Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { CopiesTold } from './copies-told.ts';
import { codeOfFailure, type FactHandlers } from './facts.ts';
import { type Kept, keepEvents } from './keep-events.ts';
import { type Archived, OutboxReader, onTheWire, wireBytes } from './outbox-reader.ts';
import { confirmSent, receivedPosition, sentHash } from './stream-rows.ts';

/** Acknowledgements go out at most this often, and confirmations are written down at most this often. In ms. */
export const ACK_MS_MIN = 50;
/** So many batches are acknowledged at once, or a sender with a full window would stand still until the time is over. */
const ACK_BATCHES = 4;
const CONFIRM_MS = 500;
/** Batches that may wait for their commit before the line is slowed down. */
const KEEPING_MAX = 64;

/** A message without its envelope. */
export type Said = StationMessage extends infer One
  ? One extends StationMessage
    ? Omit<One, keyof Envelope>
    : never
  : never;
/** Bytes of the frame that was handed to the connection. `busy`: not sent, try later. `too-large`: never goes into one frame. */
export type SayResult = number | 'busy' | 'too-large';

export type PeerLinkOptions<Tables extends SharedTables> = {
  readonly store: Store<Tables>;
  /** `hub` at an agent, the station code at the hub. */
  readonly peer: string;
  readonly handlers: FactHandlers<Tables>;
  readonly say: (message: Said) => SayResult;
  readonly archived?: Archived;
  /** Monotonic, in ms. */
  readonly monotonic: () => number;
  /** False while there is no room for what the peer sends: nothing is taken, and its window is 0. */
  readonly mayKeep?: () => boolean;
  /** Rows of lane `ev` were kept. */
  readonly evKept: () => void;
  /** The copies contradict each other: the session must end here. */
  readonly broken: (code: string, facts: Facts) => void;
  readonly noted: (code: string, facts: Facts) => void;
  /** Called between commit and acknowledgement; a test ends the process here. */
  readonly committed?: (lane: Lane) => void;
};
type Facts = Readonly<Record<string, unknown>>;

type LaneState = {
  readonly sender: StreamSender;
  readonly receiver: StreamReceiver;
  durable: { readonly ack: number; readonly hash: string };
  /** Grows when the receiver goes back: what was under way before that no longer counts. */
  generation: number;
  stopped: string | undefined;
  ackDue: boolean;
  /** Batches that are kept and not yet acknowledged. */
  unacked: number;
  flushing: boolean;
  confirmed: { readonly ack: number; readonly hash: string; readonly safe: number } | undefined;
};

/**
 * The streams between this process and one peer, both directions and both lanes: the same code at agent and hub. It runs
 * between `start` and `stop`; who may start it is decided by hello and welcome.
 */
export class PeerLink<Tables extends SharedTables> {
  readonly #options: PeerLinkOptions<Tables>;
  readonly #line = new LineWindow();
  readonly #bulk = new BulkPace();
  readonly #lanes: Record<Lane, LaneState> = {
    seat: freshLane('seat', this.#line),
    ev: freshLane('ev', this.#line),
  };
  readonly #outbox: Record<Lane, OutboxReader<Tables>>;
  #running = false;
  /** There is no room to keep anything. */
  #full = false;
  #ackedAt = 0;
  #confirmedAt = 0;
  readonly #copies: CopiesTold<Tables>;
  #confirming = false;
  readonly #keeping = new Set<Promise<void>>();

  constructor(options: PeerLinkOptions<Tables>) {
    this.#options = options;
    const { store, peer, archived } = options;
    this.#copies = new CopiesTold(store, peer);
    this.#outbox = {
      seat: new OutboxReader(store, peer, 'seat', archived),
      ev: new OutboxReader(store, peer, 'ev', archived),
    };
  }

  /** Events that the peer has not confirmed. */
  get queued(): number {
    return this.#lanes.seat.sender.queued + this.#lanes.ev.sender.queued;
  }

  /** Highest sequence number that the peer has confirmed. */
  acked(lane: Lane): number {
    return this.#lanes[lane].sender.acked;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Why a lane does not take anything from the peer, if one does not. */
  get stoppedLane(): { readonly lane: Lane; readonly reason: string } | undefined {
    for (const lane of LANES) {
      const reason = this.#lanes[lane].stopped;
      if (reason) return { lane, reason };
    }
    return undefined;
  }

  /** What is queued, before there is a session. */
  known(ours: LanePositions): void {
    for (const lane of LANES) this.#lanes[lane].sender.known(ours[lane].out.acked, ours[lane].out.next - 1);
  }

  /**
   * Both sides agree: streams run on from what each has, with the next `tick`. `theirs` are the peer's positions, from its
   * hello or welcome.
   */
  async start(ours: LanePositions, theirs: LanePositions, window: number): Promise<void> {
    this.#line.begin();
    for (const lane of LANES) {
      const state = this.#lanes[lane];
      state.sender.start(theirs[lane].in.ack, window, this.#options.monotonic());
      state.sender.appended(ours[lane].out.next - 1, this.#options.monotonic());
      state.confirmed = { ack: theirs[lane].in.ack, hash: theirs[lane].in.hash, safe: 0 };
      state.stopped = undefined;
      this.#outbox[lane].forget();
      this.#back(state, await receivedPosition(this.#options.store.read, this.#options.peer, lane));
    }
    this.#running = true;
  }

  /** No session any more. Resolves when what had arrived is kept. */
  async stop(): Promise<void> {
    this.#running = false;
    for (const lane of LANES) this.#lanes[lane].sender.stop();
    await Promise.all(this.#keeping);
  }

  /** The outbox to this peer ends at `head`. */
  appended(lane: Lane, head: number): void {
    this.#lanes[lane].sender.appended(head, this.#options.monotonic());
  }

  /** Waits only when too much is waiting for its commit. */
  async hear(message: Batch | Ack | Nack | Beat): Promise<void> {
    if (!this.#running) return;
    if (message.k === 'batch') this.#arrived(message);
    else if (message.k === 'nack') this.#lanes[message.lane].sender.missed(message.from, this.#options.monotonic());
    else for (const ack of message.acks) this.#acknowledged(ack);
    if (message.k === 'beat') await this.#copies.heardCopied(message.copied ?? []);
    this.#flush();
    if (this.#keeping.size > KEEPING_MAX) await Promise.race(this.#keeping);
  }

  /** What the line to the peer carries, as far as it was tried; undefined before. */
  get bytesPerSecond(): number | undefined {
    return this.#line.bytesPerSecond;
  }

  /** Says something that nobody waits for, at its share of the line. `busy`: try later, nothing was sent. */
  sayBulk(said: Said): SayResult {
    const now = this.#options.monotonic();
    if (!this.#running || !this.#bulk.isFree(now)) return 'busy';
    const sent = this.#options.say(said);
    if (typeof sent === 'number') this.#bulk.spend(sent, this.bytesPerSecond, now);
    return sent;
  }

  /** What is due by the clock: batches, repeats, acknowledgements, questions for what is missing. Call every 10 to 20 ms. */
  tick(): void {
    if (!this.#running) return;
    const now = this.#options.monotonic();
    this.#lookForRoom();
    for (const lane of LANES) {
      const from = this.#lanes[lane].receiver.missing(now);
      if (from !== undefined) this.#options.say({ k: 'nack', lane, from });
    }
    this.#acknowledge(now);
    this.#flush();
    if (!this.#confirming && now - this.#confirmedAt >= CONFIRM_MS) void this.#confirm(now);
    if (this.#copies.isDue(now)) void this.#lookForCopies(now);
  }

  acks(): LaneAck[] {
    return LANES.map((lane) => {
      const { durable, stopped } = this.#lanes[lane];
      return {
        lane,
        ...durable,
        safe: Math.min(this.#copies.safe(lane), durable.ack),
        window: stopped || this.#full ? 0 : BATCHES_IN_FLIGHT_MAX,
      };
    });
  }

  /** Both the end of the room and new room are told at once, by the window. */
  #lookForRoom(): void {
    const full = this.#options.mayKeep?.() === false;
    if (full === this.#full) return;
    this.#full = full;
    for (const lane of LANES) this.#lanes[lane].ackDue = true;
  }

  /** How far our verified copy holds what goes to the peer, for a heartbeat. */
  copied(): NonNullable<Beat['copied']> {
    return this.#copies.copied();
  }

  #arrived(batch: Batch): void {
    const { lane } = batch;
    const state = this.#lanes[lane];
    if (state.stopped || this.#full) return;
    const { events, again, fault } = state.receiver.offer(batch, this.#options.monotonic());
    if (events.length > 0) this.#keep(lane, state, events);
    if (again) state.ackDue = true;
    if (fault) this.#options.broken(fault.code, { lane, seq: fault.seq });
  }

  #keep(lane: Lane, state: LaneState, events: Parameters<typeof keepEvents>[3]): void {
    const { store, peer, handlers, noted } = this.#options;
    const { generation } = state;
    const keeping = keepEvents(store, peer, lane, events, handlers)
      .then((kept) => this.#kept(lane, state, kept))
      .catch((cause: unknown) => {
        noted('link.not-kept', { peer, lane, reason: String(cause) });
        if (state.generation === generation) this.#back(state, state.durable);
      })
      .finally(() => this.#keeping.delete(keeping));
    this.#keeping.add(keeping);
  }

  #kept(lane: Lane, state: LaneState, { position, stopped }: Kept): void {
    const { peer, noted, evKept, committed } = this.#options;
    if (position) {
      state.durable = position;
      state.ackDue = true;
      state.unacked += 1;
      committed?.(lane);
      if (lane === 'ev') evKept();
    }
    if (stopped) {
      const text = stopped.cause instanceof Error ? stopped.cause.message : String(stopped.cause);
      const reason = `${codeOfFailure(stopped.cause)}: ${text}`.slice(0, 400);
      state.stopped = reason;
      this.#back(state, state.durable);
      noted('link.lane-stopped', { peer, lane, seq: stopped.seq, reason });
    }
    if (this.#running) this.#acknowledge(this.#options.monotonic());
  }

  #back(state: LaneState, position: { readonly ack: number; readonly hash: string }): void {
    state.generation += 1;
    state.durable = position;
    state.receiver.reset(position);
  }

  #acknowledge(now: number): void {
    const many = LANES.some((lane) => this.#lanes[lane].unacked >= ACK_BATCHES);
    if (!many && (now - this.#ackedAt < ACK_MS_MIN || !LANES.some((lane) => this.#lanes[lane].ackDue))) return;
    const acks = this.acks().filter(({ lane }) => this.#lanes[lane].ackDue);
    if (typeof this.#options.say({ k: 'ack', acks }) !== 'number') return;
    this.#ackedAt = now;
    for (const { lane } of acks) {
      this.#lanes[lane].ackDue = false;
      this.#lanes[lane].unacked = 0;
    }
  }

  #acknowledged({ lane, ack, hash, safe, window }: LaneAck): void {
    const state = this.#lanes[lane];
    if (ack > state.sender.head) {
      this.#options.broken('link.we-were-restored', { lane, ack, head: state.sender.head });
      return;
    }
    const moved = state.sender.acknowledged(ack, window, this.#options.monotonic());
    const safer = safe <= ack && ack === state.sender.acked && this.#copies.heardSafe(lane, safe);
    if (moved || safer) state.confirmed = { ack, hash, safe: Math.min(safe, ack) };
  }

  /** What a new copy holds goes out with the next acknowledgement. */
  async #lookForCopies(now: number): Promise<void> {
    const { peer, noted } = this.#options;
    try {
      for (const lane of await this.#copies.look(now)) this.#lanes[lane].ackDue = true;
    } catch (cause) {
      noted('link.cannot-read-outbox', { peer, reason: String(cause) });
    }
  }

  /** Writes down what the peer has confirmed, after comparing the chain there. */
  async #confirm(now: number): Promise<void> {
    const { store, peer, broken, noted } = this.#options;
    this.#confirming = true;
    this.#confirmedAt = now;
    try {
      for (const lane of LANES) {
        const { confirmed } = this.#lanes[lane];
        if (!confirmed) continue;
        const ours = await sentHash(store.read, peer, lane, confirmed.ack);
        if (ours !== undefined && ours !== confirmed.hash) broken('link.streams-forked', { lane, seq: confirmed.ack });
        else await store.transaction((tx) => confirmSent(tx, peer, lane, confirmed.ack, confirmed.safe));
        if (this.#lanes[lane].confirmed === confirmed) this.#lanes[lane].confirmed = undefined;
      }
    } catch (cause) {
      noted('link.not-kept', { peer, reason: String(cause) });
    } finally {
      this.#confirming = false;
    }
  }

  #flush(): void {
    for (const lane of LANES) {
      const state = this.#lanes[lane];
      if (state.flushing || !state.sender.due(this.#options.monotonic())) continue;
      state.flushing = true;
      this.#send(lane, state.sender)
        .catch((cause: unknown) => this.#options.noted('link.cannot-read-outbox', { lane, reason: String(cause) }))
        .finally(() => {
          state.flushing = false;
        });
    }
  }

  async #send(lane: Lane, sender: StreamSender): Promise<void> {
    const { say, monotonic, broken } = this.#options;
    for (let due = sender.due(monotonic()); due; due = sender.due(monotonic())) {
      const { from } = due;
      const { before, events } = await this.#outbox[lane].rows(from, sender.head);
      if (before === undefined || events[0]?.seq !== from) {
        broken('link.rows-missing', { lane, from });
        return;
      }
      // Rows committed since the outbox was last looked at go out too, and may be confirmed before the next look.
      sender.appended(events.at(-1)!.seq, monotonic());
      // An acknowledgement or a rewind may have come in meanwhile.
      if (sender.due(monotonic())?.from !== from) continue;
      let count = batchLength(events, wireBytes);
      let said: SayResult = 'too-large';
      for (; count >= 1; count = Math.floor(count / 2)) {
        const part = events.slice(0, count);
        said = say({ k: 'batch', lane, from, prev: before, hash: part.at(-1)!.hash, events: part.map(onTheWire) });
        if (said !== 'too-large') break;
      }
      if (said === 'too-large') broken('link.event-too-large', { lane, seq: from });
      if (typeof said !== 'number') return;
      sender.wentOut(from, from + count - 1, said, monotonic());
    }
  }
}

function freshLane(lane: Lane, line: LineWindow): LaneState {
  const start = { ack: 0, hash: CHAIN_START };
  return {
    sender: new StreamSender(lane, line),
    receiver: new StreamReceiver(start),
    durable: start,
    generation: 0,
    stopped: undefined,
    ackDue: false,
    unacked: 0,
    flushing: false,
    confirmed: undefined,
  };
}
