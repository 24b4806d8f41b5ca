import { Liveness } from './liveness.ts';

/** A hello without an answer is said again after this long, doubled up to the cap. In ms. */
export const HELLO_MS = 3_000;
export const HELLO_MS_MAX = 30_000;
/** However often the hub asks. */
const HELLO_MS_MIN = 500;

/**
 * - `down`: no connection to the broker.
 * - `greeting`: connected, the hub has not welcomed us; no stream runs.
 * - `up`: welcomed under a lease.
 * - `fenced`: the hub or we found that the copies do not fit; stays so until a person has acted and we say hello again.
 */
export type SessionState = 'down' | 'greeting' | 'up' | 'fenced';

export type Lease = {
  readonly lease: number;
  readonly minor: number;
  readonly hubIncarnation: number;
  readonly hubBoot: string;
  readonly incarnation: number;
};

/** A fenced station asks again this seldom: somebody may have put it right at the hub. In ms. */
const FENCED_HELLO_MS = 60_000;

/**
 * A station's session with the hub: when to say hello and when a welcome counts. `now` is a monotonic time in ms.
 *
 * A hub that is not heard for 45 s is greeted anew: it may have lost us.
 */
export class StationSession {
  readonly liveness = new Liveness();
  #state: SessionState = 'down';
  #lease: Lease | undefined;
  /** The latest lease that we have had, also when it has ended. */
  #newest: Lease | undefined;
  #fence: string | undefined;
  #helloAt: number | undefined;
  #hellos = 0;

  get state(): SessionState {
    return this.#state;
  }

  get lease(): Lease | undefined {
    return this.#lease;
  }

  /** Code of the fence that stops us, if one does. */
  get fence(): string | undefined {
    return this.#state === 'fenced' ? this.#fence : undefined;
  }

  connected(): void {
    this.#greet();
  }

  disconnected(): void {
    if (this.#state !== 'fenced') this.#state = 'down';
    this.#lease = undefined;
  }

  /** The hub has forgotten us or begun anew: say hello now, unless that has just been done. */
  askedAgain(now: number): void {
    const justSaid = this.#helloAt !== undefined && now - this.#helloAt < HELLO_MS_MIN;
    if (this.#state !== 'down' && !justSaid) this.#greet();
  }

  /** A life of the hub has begun. Under a lease of another one it is greeted at once, however lately that one was. */
  hubBegan(hubBoot: string, now: number): void {
    if (this.#lease?.hubBoot === hubBoot) return;
    if (this.#state === 'up') this.#greet();
    else this.askedAgain(now);
  }

  /** What hello has to say has changed: it is said anew at once. */
  beginAnew(): void {
    if (this.#state !== 'down') this.#greet();
  }

  helloDue(now: number): boolean {
    if (this.#state === 'up' && this.liveness.offline(now)) this.#greet();
    if (this.#state !== 'greeting' && this.#state !== 'fenced') return false;
    if (this.#helloAt === undefined) return true;
    const wait =
      this.#state === 'fenced'
        ? FENCED_HELLO_MS
        : Math.min(HELLO_MS_MAX, HELLO_MS * 2 ** Math.min(this.#hellos - 1, 6));
    return now - this.#helloAt >= wait;
  }

  saidHello(now: number): void {
    this.#helloAt = now;
    this.#hellos += 1;
  }

  /** False for a welcome that is not newer than those that we have had: it was delayed or sent twice, and tells how things were. */
  isNew({ lease, hubBoot }: Pick<Lease, 'lease' | 'hubBoot'>): boolean {
    return this.#state !== 'down' && !(this.#newest?.hubBoot === hubBoot && this.#newest.lease >= lease);
  }

  /** False for a welcome that is not new. */
  welcomed(lease: Lease, now: number): boolean {
    if (!this.isNew(lease)) return false;
    this.#newest = lease;
    this.#state = 'up';
    this.#lease = lease;
    this.#fence = undefined;
    this.#hellos = 0;
    this.liveness.heard(now);
    return true;
  }

  fenced(code: string, now: number): void {
    this.#state = 'fenced';
    this.#fence = code;
    this.#lease = undefined;
    this.#helloAt = now;
  }

  #greet(): void {
    this.#state = 'greeting';
    this.#lease = undefined;
    this.#helloAt = undefined;
    this.#hellos = 0;
  }
}
