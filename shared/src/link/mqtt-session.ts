import './lean-mqtt.ts';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { BACKOFF, type Backoff, waitBefore } from './backoff.ts';

/** Certificate authority, client certificate and private key, as PEM. */
export type SessionTls = { readonly ca: string; readonly cert: string; readonly key: string };
export type SessionWill = { readonly topic: string; readonly payload: Uint8Array; readonly retain: boolean };

export type SessionOptions = {
  /** `mqtts://host:port`, in the order of preference. Each failure moves on to the next; a lost session starts over with the first. */
  readonly urls: readonly [string, ...string[]];
  readonly tls: SessionTls;
  /** Unique per start of the process: two connections with one id push each other off the broker. */
  readonly clientId: string;
  /** Asked for before each connection. QoS 1. */
  readonly will?: () => SessionWill;
  /** Topic filters, all at QoS 1. */
  readonly subscriptions: readonly string[];
  /**
   * One message at a time, in the order of arrival, and none before the one before it is done: that is what slows the
   * broker down when the receiver is slow. It must be done within a few seconds, or keepalive ends the connection. May be
   * called before `onUp`.
   */
  readonly onMessage: (topic: string, payload: Uint8Array) => void | Promise<void>;
  /** Connected, and every subscription granted. */
  readonly onUp: (url: string) => void;
  /** A session that was up has ended. `publish` returns false from here on. */
  readonly onDown: (reason: string) => void;
  /** A connection that did not come up, or a message whose handling threw. The session goes on by itself. */
  readonly onTrouble?: (trouble: SessionTrouble) => void;
  /** 0 … 1, for the jitter. */
  readonly random: () => number;
  readonly backoff?: Backoff;
};
export type SessionTrouble =
  | { readonly code: 'link.unreachable'; readonly url: string; readonly reason: string; readonly retryInMs: number }
  | { readonly code: 'link.message-failed'; readonly topic: string; readonly error: unknown };

export type MqttSession = {
  /** Sends at QoS 1 if that is possible at this moment. False: it was not sent and will not be. True says nothing about arrival. */
  publish(topic: string, payload: Uint8Array, options?: { retain?: boolean }): boolean;
  isUp(): boolean;
  /** Says goodbye (no will is sent), and ends. Resolves when the socket is closed and no message is being handled any more. */
  close(): Promise<void>;
};

const KEEPALIVE_S = 20;
const CONNECT_TIMEOUT_MS = 10_000;
const GOODBYE_MS = 2_000;
/** Publications not yet acknowledged by the broker. Far more than the link's window of 8 batches; past it the line is stuck. */
export const UNACKED_MAX = 256;
/** Bytes waiting in the socket. At 2 Mbit/s a MiB takes 4 s. */
const UNSENT_BYTES_MAX = 1 << 20;

/**
 * Keeps one MQTT connection up, and holds nothing back: the outbox in the database is the queue, so what cannot be sent now
 * is not sent (mqtt-facts: mqtt.js loses queued messages past 65,535, and replays them one by one). Each connection is a
 * new client, a failed one leaves nothing behind.
 */
export function openMqttSession(options: SessionOptions): MqttSession {
  return new Session(options);
}

class Session implements MqttSession {
  readonly #options: SessionOptions;
  readonly #backoff: Backoff;
  #client: MqttClient | undefined;
  #up = false;
  #upAt = 0;
  #failures = 0;
  #unacked = 0;
  #retry: NodeJS.Timeout | undefined;
  #closing = false;
  #closed: (() => void) | undefined;
  /** The handling of the latest message. The next waits for it, also when it comes over a new connection. */
  #handled: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#connect();
  }

  isUp(): boolean {
    return this.#up && !this.#closing;
  }

  publish(topic: string, payload: Uint8Array, { retain = false } = {}): boolean {
    const client = this.#client;
    if (!client || !this.isUp() || this.#unacked >= UNACKED_MAX || client.stream.writableLength > UNSENT_BYTES_MAX)
      return false;
    this.#unacked += 1;
    client.publish(topic, Buffer.from(payload), { qos: 1, retain }, () => {
      // An acknowledgement, or the end of the connection: neither tells whether the message arrived.
      if (client === this.#client) this.#unacked -= 1;
    });
    return true;
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      clearTimeout(this.#retry);
      await this.#sayGoodbye();
    }
    await this.#handled;
  }

  #connect(): void {
    const { urls, tls, clientId, will, subscriptions } = this.#options;
    const url = urls[this.#failures % urls.length]!;
    const testament = will?.();
    const client = connect(url, {
      ...tls,
      rejectUnauthorized: true,
      clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(testament ? { will: { ...testament, payload: Buffer.from(testament.payload), qos: 1 } } : {}),
    } satisfies IClientOptions);
    this.#client = client;
    this.#unacked = 0;

    let reason = 'closed by the broker';
    client.handleMessage = ({ topic, payload }, taken) => {
      this.#handled = this.#handled.then(() => this.#handle(topic, payload as Buffer)).finally(() => taken());
    };
    client.on('error', (error) => {
      reason = error.message || (error as NodeJS.ErrnoException).code || error.name;
    });
    client.on('connect', () => {
      // mqtt.js leaves Nagle's algorithm on: 40 ms for each small answer.
      (client.stream as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
      if (subscriptions.length === 0) {
        this.#rise(client, url);
        return;
      }
      client.subscribe([...subscriptions], { qos: 1 }, (error) => {
        if (!error) {
          this.#rise(client, url);
          return;
        }
        // A filter that the broker denies comes as an error too.
        reason = `${subscriptions.join(' ')}: ${error.message}`;
        client.end(true);
      });
    });
    client.once('close', () => this.#fall(client, url, reason));
  }

  async #handle(topic: string, payload: Buffer): Promise<void> {
    try {
      await this.#options.onMessage(topic, payload);
    } catch (error) {
      // The message is gone, as if the line had lost it: the streams' sequence numbers and requests repair exactly that.
      this.#options.onTrouble?.({ code: 'link.message-failed', topic, error });
    }
  }

  #rise(client: MqttClient, url: string): void {
    if (client !== this.#client || this.#closing || !client.connected) return;
    this.#up = true;
    this.#upAt = performance.now();
    this.#options.onUp(url);
  }

  #fall(client: MqttClient, url: string, reason: string): void {
    if (client !== this.#client) return;
    const wasUp = this.#up;
    this.#client = undefined;
    this.#up = false;
    // A broker that takes us and drops us at once is as good as one that is away.
    const wasGood = wasUp && performance.now() - this.#upAt >= this.#backoff.stableMs;
    const failures = wasGood ? 0 : this.#failures;
    const waitMs = waitBefore(failures, this.#options.urls.length, this.#backoff, this.#options.random);
    this.#failures = wasGood ? 0 : failures + 1;
    if (!this.#closing) this.#retry = setTimeout(() => this.#connect(), waitMs);
    if (wasUp) this.#options.onDown(this.#closing ? 'closed here' : reason);
    else if (!this.#closing) this.#options.onTrouble?.({ code: 'link.unreachable', url, reason, retryInMs: waitMs });
    this.#closed?.();
  }

  #sayGoodbye(): Promise<void> {
    const client = this.#client;
    if (!client) return Promise.resolve();
    return new Promise((closed) => {
      // A half-open line never answers: then the socket is cut.
      const cut = setTimeout(() => client.stream.destroy(), GOODBYE_MS);
      this.#closed = () => {
        clearTimeout(cut);
        closed();
      };
      client.end(!client.connected);
    });
  }
}
