import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a line does to the bytes of each direction; its connections share it. */
export type LineQuality = {
  readonly bitsPerSecond: number;
  /** One way, in ms. */
  readonly delayMs: number;
};

export const GOOD_LINE: LineQuality = { bitsPerSecond: Number.POSITIVE_INFINITY, delayMs: 0 };
/** Bytes that wait in the line; past it the sender is made to wait, as by a full socket. */
const BUFFER_BYTES = 256 * 1024;

/**
 * A TCP line between a station and its broker that is slow, far, cut, or silent. Silent is what a half-open connection looks
 * like: nothing comes through any more and nobody is told.
 */
export class ThrottledLine {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #quality: LineQuality;
  #silent = false;
  #stalled = false;
  readonly #downward = new Set<Socket>();
  /** When each direction has sent what was given to it. */
  readonly #freeAt = { up: 0, down: 0 };

  private constructor(server: Server, target: number, quality: LineQuality) {
    this.#server = server;
    this.#target = target;
    this.#quality = quality;
    server.on('connection', (near) => this.#join(near));
  }

  static async to(target: number, quality: LineQuality): Promise<ThrottledLine> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ThrottledLine(server, target, quality);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  setQuality(quality: LineQuality): void {
    this.#quality = quality;
    this.#freeAt.up = 0;
    this.#freeAt.down = 0;
  }

  /** From now on nothing comes through, and no connection is closed for it. */
  fallSilent(): void {
    this.#silent = true;
  }

  speakAgain(): void {
    this.#silent = false;
  }

  /** From now on nobody takes what the broker sends: its buffers fill. */
  stall(): void {
    this.#stalled = true;
    for (const socket of this.#downward) socket.pause();
  }

  /** Breaks every connection. New ones come up. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    for (const [from, to, way] of [
      [near, far, 'up'],
      [far, near, 'down'],
    ] as const) {
      this.#sockets.add(from);
      if (way === 'down') this.#downward.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        this.#downward.delete(from);
        to.destroy();
      });
      this.#carry(from, to, way);
    }
  }

  /**
   * Bytes leave at the line's rate one after the other, and arrive `delayMs` later, in order: one timer a direction, for two
   * timers of the same millisecond may come in any order.
   */
  #carry(from: Socket, to: Socket, way: 'up' | 'down'): void {
    let waiting = 0;
    const underWay: { readonly bytes: Buffer; readonly arrivesAt: number }[] = [];
    const arrive = () => {
      while (underWay[0] && underWay[0].arrivesAt <= performance.now()) {
        const { bytes } = underWay.shift()!;
        waiting -= bytes.length;
        if (!to.destroyed && !this.#silent) to.write(bytes);
      }
      if (waiting <= BUFFER_BYTES && !(this.#stalled && way === 'down')) from.resume();
      if (underWay[0]) setTimeout(arrive, Math.max(1, underWay[0].arrivesAt - performance.now()));
    };
    from.on('data', (bytes) => {
      if (this.#silent) return;
      const { bitsPerSecond, delayMs } = this.#quality;
      const now = performance.now();
      const freeAt = Math.max(now, this.#freeAt[way]) + (bytes.length * 8000) / bitsPerSecond;
      this.#freeAt[way] = freeAt;
      waiting += bytes.length;
      if (waiting > BUFFER_BYTES) from.pause();
      underWay.push({ bytes, arrivesAt: Math.max(freeAt + delayMs, underWay.at(-1)?.arrivesAt ?? 0) });
      if (underWay.length === 1) setTimeout(arrive, freeAt + delayMs - now);
    });
  }
}
