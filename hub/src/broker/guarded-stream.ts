import { Duplex } from 'node:stream';
import type { GuardRefusal } from './packet-guard.ts';
import { PacketGuard } from './packet-guard.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** What one connection may send. Faster senders are read more slowly; nobody is cut off for speed. */
export type Pace = { readonly bytes: Rate; readonly packets: Rate };

/**
 * A client's connection as the broker sees it: whole and well-formed packets only, at a bearable pace.
 *
 * Backpressure passes both ways. A violation closes the connection, and nothing of the offending chunk gets through.
 */
export class GuardedStream extends Duplex {
  readonly #socket: Duplex;
  readonly #guard = new PacketGuard();
  readonly #onRefused: (refusal: GuardRefusal) => void;
  readonly #bytes: TokenBucket;
  readonly #packets: TokenBucket;
  #pause: NodeJS.Timeout | undefined;

  constructor(socket: Duplex, pace: Pace, onRefused: (refusal: GuardRefusal) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#onRefused = onRefused;
    this.#bytes = new TokenBucket(pace.bytes, performance.now());
    this.#packets = new TokenBucket(pace.packets, performance.now());
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  #receive(chunk: Buffer): void {
    const taken = this.#guard.take(chunk);
    if (!taken.ok) {
      this.#onRefused(taken.refusal);
      this.destroy();
      return;
    }
    const now = performance.now();
    const wait = Math.max(this.#bytes.spend(chunk.length, now), this.#packets.spend(taken.value, now));
    if (wait > 0) this.#pause = setTimeout(() => this.#resume(), wait);
    if (!this.push(chunk) || wait > 0) this.#socket.pause();
  }

  #resume(): void {
    this.#pause = undefined;
    this.#socket.resume();
  }

  override _read(): void {
    if (this.#pause === undefined) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: (error?: Error | null) => void): void {
    if (this.#socket.write(chunk)) taken();
    else this.#socket.once('drain', () => taken());
  }

  /** aedes writes a packet in pieces and corks them; without this each piece would become a TLS record of its own. */
  override _writev(pieces: { chunk: Buffer; encoding: BufferEncoding }[], taken: (error?: Error | null) => void): void {
    this.#socket.cork();
    let flowing = true;
    for (const { chunk, encoding } of pieces) flowing = this.#socket.write(chunk, encoding);
    this.#socket.uncork();
    if (flowing) taken();
    else this.#socket.once('drain', () => taken());
  }

  override _final(ended: (error?: Error | null) => void): void {
    this.#socket.end(() => ended());
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    clearTimeout(this.#pause);
    this.#socket.destroy();
    destroyed(error);
  }
}
