import { type Rate, TokenBucket } from './token-bucket.ts';

/** Connections that have not been admitted yet, counted in sockets. */
export type DoorLimits = {
  readonly waitingMax: number;
  readonly waitingPerAddressMax: number;
  readonly newPerAddress: Rate;
};

export type DoorRefusal = 'broker.too-many-waiting' | 'broker.address-too-busy';

/** Addresses remembered at once. Past it the quiet ones are forgotten; while all are busy no further address gets in. */
const ADDRESSES_MAX = 10_000;

/**
 * Decides at `accept` who may wait for admission. A socket waits from there until its CONNECT has been accepted, and
 * whoever lets it wait too long closes it. The share per address leaves room for others when one address floods.
 */
export class FrontDoor {
  readonly #limits: DoorLimits;
  readonly #addresses = new Map<string, { waiting: number; rate: TokenBucket }>();
  #waiting = 0;

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Lets a socket wait, or tells why not. Each yes is followed by exactly one `leave`. */
  enter(address: string, now: number): DoorRefusal | undefined {
    const known = this.#addresses.get(address) ?? this.#remember(address, now);
    if (!known || this.#waiting >= this.#limits.waitingMax) return 'broker.too-many-waiting';
    if (known.waiting >= this.#limits.waitingPerAddressMax) return 'broker.address-too-busy';
    if (!known.rate.take(1, now)) return 'broker.address-too-busy';
    known.waiting += 1;
    this.#waiting += 1;
    return undefined;
  }

  /** The socket was admitted or closed. */
  leave(address: string): void {
    const known = this.#addresses.get(address);
    if (known) known.waiting -= 1;
    this.#waiting -= 1;
  }

  #remember(address: string, now: number) {
    if (this.#addresses.size >= ADDRESSES_MAX) {
      for (const [other, { waiting, rate }] of this.#addresses) {
        if (waiting === 0 && rate.isFull(now)) this.#addresses.delete(other);
      }
    }
    if (this.#addresses.size >= ADDRESSES_MAX) return undefined;
    const known = { waiting: 0, rate: new TokenBucket(this.#limits.newPerAddress, now) };
    this.#addresses.set(address, known);
    return known;
  }
}
