import type { Weather } from '@lianpiao/shared/testing/chaos-transport';
import { theTime } from './virtual-time.ts';

/** What the broker knows of a connection. */
export type Connection = {
  /** The process at its other end. */
  readonly name: string;
  readonly filters: readonly string[];
  readonly will: Message | undefined;
  take(message: Message): void;
  drop(): void;
};
export type Message = { readonly topic: string; readonly payload: Buffer; readonly retain: boolean };

/** A broken line ends a half-open connection after one and a half keepalives, in ms. */
const NOTICED_MS = 30_000;
const SUNNY: Weather = { loss: 0, duplication: 0, delayMsMax: 2 };

/**
 * A broker that keeps nothing but life signs, between lines that lose, double, delay and reorder. It acknowledges what it
 * never got, as a broker that is killed behind its acknowledgement.
 */
export class VirtualBroker {
  weather: Weather = SUNNY;
  /** Share of the messages that are forgotten in some buffer, and within how many ms they come: when nobody waits for them any more. */
  straggling = { share: 0, ms: 0 };
  /** Processes whose line is broken. */
  readonly #cutOff = new Set<string>();
  readonly #connections = new Set<Connection>();
  readonly #retained = new Map<string, Message>();
  /** Messages that were delivered, for the trace. */
  delivered = 0;

  isReachable(name: string): boolean {
    return !this.#cutOff.has(name);
  }

  connect(connection: Connection): void {
    this.#connections.add(connection);
  }

  /** `goodbye`: the will is not sent. */
  disconnect(connection: Connection, goodbye: boolean): void {
    if (!this.#connections.delete(connection) || goodbye || !connection.will) return;
    this.#spread(connection.will);
  }

  subscribed(connection: Connection): void {
    for (const message of this.#retained.values())
      if (connection.filters.some((filter) => fits(filter, message.topic))) this.#deliver(connection, message);
  }

  publish(from: Connection, message: Message): void {
    this.#overTheLine(from.name, () => this.#spread(message));
  }

  /** `noticed`: both ends see it at once; else the line just swallows everything until somebody gives up waiting. */
  cut(name: string, noticed: boolean): void {
    this.#cutOff.add(name);
    const drop = () => {
      if (!this.#cutOff.has(name)) return;
      for (const connection of [...this.#connections]) if (connection.name === name) connection.drop();
    };
    if (noticed) drop();
    else theTime().after(NOTICED_MS, drop);
  }

  /** Everybody is thrown off, and life signs are forgotten. */
  restart(): void {
    this.#retained.clear();
    for (const connection of [...this.#connections]) connection.drop();
  }

  heal(name: string): void {
    this.#cutOff.delete(name);
  }

  calm(): void {
    this.weather = SUNNY;
    this.straggling = { share: 0, ms: 0 };
    this.#cutOff.clear();
  }

  #spread(message: Message): void {
    if (message.retain) this.#retained.set(message.topic, message);
    for (const connection of this.#connections)
      if (connection.filters.some((filter) => fits(filter, message.topic))) this.#deliver(connection, message);
  }

  #deliver(connection: Connection, message: Message): void {
    this.#overTheLine(connection.name, () => {
      if (!this.#connections.has(connection)) return;
      this.delivered += 1;
      connection.take(message);
    });
  }

  #overTheLine(name: string, arrive: () => void): void {
    const { random } = theTime();
    const { loss, duplication, delayMsMax } = this.weather;
    const copies = 1 + (random() < duplication ? 1 : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      if (random() < loss) continue;
      const delayMs = random() < this.straggling.share ? this.straggling.ms : delayMsMax + 1;
      theTime().after(Math.floor(random() * delayMs), () => {
        if (this.isReachable(name)) arrive();
      });
    }
  }
}

const answers = new Map<string, Map<string, boolean>>();

/** Whether a topic is one of a filter's. There are few of both, and every message asks for all of them. */
function fits(filter: string, topic: string): boolean {
  let known = answers.get(filter);
  if (!known) {
    known = new Map();
    answers.set(filter, known);
  }
  let answer = known.get(topic);
  if (answer === undefined) {
    answer = isOf(filter, topic);
    known.set(topic, answer);
  }
  return answer;
}

function isOf(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index]);
}

let broker = new VirtualBroker();

export function theBroker(): VirtualBroker {
  return broker;
}

export function newBroker(): VirtualBroker {
  broker = new VirtualBroker();
  return broker;
}
