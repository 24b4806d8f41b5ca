import { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { readFrame } from '@lianpiao/shared/link/framing';
import { InboxProjector } from '@lianpiao/shared/link/inbox-projector';
import { keepEvents } from '@lianpiao/shared/link/keep-events';
import { confirmSent, eventsFrom, type OutEvent, receivedPosition, sentHash } from '@lianpiao/shared/link/stream-rows';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { StreamReceiver } from '@lianpiao/shared/protocol/stream-receiver';
import { BATCH_EVENTS_MAX } from '@lianpiao/shared/protocol/stream-sender';
import { downTopic, upTopic } from '@lianpiao/shared/protocol/topics';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';

/** One side of a link. `peer` is what the other side is called here: `hub`, or the station's code. */
export type Side<Tables extends SharedTables> = {
  readonly store: Store<Tables>;
  readonly peer: string;
  readonly facts: FactHandlers<Tables>;
  readonly projector: Projector;
};

export type Projector = { project(): Promise<void> };

/** Applies what has come to a store, whoever sent it: one for each store. What cannot be applied throws. */
export function projectorOf<Tables extends SharedTables>(store: Store<Tables>, facts: FactHandlers<Tables>): Projector {
  const notes: string[] = [];
  const note = (code: string, about: object) => void notes.push(`${code} ${JSON.stringify(about)}`);
  const inbox = new InboxProjector(store, () => facts, note);
  return {
    project: async () => {
      inbox.wake();
      await inbox.idle();
      if (notes.length > 0) throw new Error(notes.join('\n'));
    },
  };
}

const SECRET = Buffer.alloc(32, 5);
const KEYS = new MacKeys([{ keyNo: 1, secret: SECRET, activeAt: 0 }]);
/** Every so many frames one comes twice, as MQTT may deliver it. */
const TWICE_EVERY = 5;

class OneWay<From extends SharedTables, To extends SharedTables> {
  readonly #from: Side<From>;
  readonly #to: Side<To>;
  readonly #station: string;
  readonly #topicOf: (station: string, lane: Lane) => string;
  readonly #receivers = new Map<Lane, StreamReceiver>();
  #frames = 0;

  constructor(from: Side<From>, to: Side<To>, station: string, topicOf: (station: string, lane: Lane) => string) {
    this.#from = from;
    this.#to = to;
    this.#station = station;
    this.#topicOf = topicOf;
  }

  async carry(): Promise<void> {
    for (const lane of ['seat', 'ev'] as const) while (await this.#carryBatch(lane));
    await this.#to.projector.project();
  }

  /** One batch through a frame, its MAC, the chain, the receiver's transaction and the sender's acknowledgement. */
  async #carryBatch(lane: Lane): Promise<boolean> {
    const [from, to] = [this.#from, this.#to];
    const receiver = await this.#receiver(lane);
    const { ack } = receiver.position;
    const rows = await eventsFrom(from.store.read, from.peer, lane, ack + 1, BATCH_EVENTS_MAX);
    if (rows.length === 0) return false;
    const prev = (await sentHash(from.store.read, from.peer, lane, ack))!;
    const { topic, frame } = this.#frameOf(lane, prev, rows);
    const heard = readFrame(topic, frame, () => KEYS, 0);
    if (!heard.ok || heard.value.message.k !== 'batch') throw new Error(`not heard: ${JSON.stringify(heard)}`);
    this.#frames += 1;
    for (let time = 0; time < (this.#frames % TWICE_EVERY === 0 ? 2 : 1); time += 1) {
      const { events, fault } = receiver.offer(heard.value.message, 0);
      if (fault) throw new Error(fault.code);
      if (events.length === 0) continue;
      const { stopped } = await keepEvents(to.store, to.peer, lane, events, to.facts);
      if (stopped) throw new Error(`lane ${lane} stopped at ${stopped.seq}`, { cause: stopped.cause });
    }
    const upTo = receiver.position.ack;
    await from.store.transaction((tx) => confirmSent(tx, from.peer, lane, upTo, 0));
    return true;
  }

  /** As many of the rows as fit into a frame. */
  #frameOf(lane: Lane, prev: string, rows: readonly OutEvent[]): { topic: string; frame: Buffer } {
    const topic = this.#topicOf(this.#station, lane);
    for (let count = rows.length; count >= 1; count = Math.floor(count / 2)) {
      const part = rows.slice(0, count);
      const envelope = { v: 1, st: this.#station, inc: 1, boot: 'pump', ln: 1, at: 0, off: 0 };
      const batch = {
        k: 'batch',
        lane,
        from: part[0]!.seq,
        prev,
        hash: part.at(-1)!.hash,
        events: part.map(wireEvent),
      };
      const frame = encodeFrame({ keyNo: 1, secret: SECRET }, topic, { ...envelope, ...batch });
      if (frame.ok) return { topic, frame: frame.value };
    }
    throw new Error('an event does not fit into a frame');
  }

  async #receiver(lane: Lane): Promise<StreamReceiver> {
    const known = this.#receivers.get(lane);
    if (known) return known;
    const receiver = new StreamReceiver(await receivedPosition(this.#to.store.read, this.#to.peer, lane));
    this.#receivers.set(lane, receiver);
    return receiver;
  }
}

function wireEvent({ type, tv, at, agg, fact, person, personHash }: OutEvent) {
  const sealed = person && personHash ? { person: { sealed: person.toString('base64url'), hash: personHash } } : {};
  return { type, tv, at, agg, fact, ...sealed };
}

/**
 * The link between one station and the hub without a broker: the product's outbox, frames, chain, inbox and projections,
 * moved whenever a test says so. Whatever stops a lane or parks a queue throws.
 */
export class LinkPump<Agent extends SharedTables, Hub extends SharedTables> {
  readonly #up: OneWay<Agent, Hub>;
  readonly #down: OneWay<Hub, Agent>;
  #carrying: Promise<void> = Promise.resolve();

  constructor(station: string, agent: Side<Agent>, hub: Side<Hub>) {
    this.#up = new OneWay(agent, hub, station, upTopic);
    this.#down = new OneWay(hub, agent, station, downTopic);
  }

  /** Brings everything that is written to the other side, both ways. One after another, whoever calls. */
  carry(): Promise<void> {
    this.#carrying = this.#carrying.then(async () => {
      await this.#up.carry();
      await this.#down.carry();
    });
    return this.#carrying;
  }
}
