import { seededRandom } from '@lianpiao/shared/testing/chaos-transport';
import { EventQueue } from './event-queue.ts';
import { currentLife, isKilled, type Life } from './life.ts';

type Work = () => void;
type Scheduled = { readonly at: number; readonly order: number; readonly timer: VirtualTimer };

const turn = globalThis.setImmediate;

/** What a timer function returns; the product clears it and never asks it anything. */
class VirtualTimer {
  readonly life: Life | undefined = currentLife();
  readonly work: Work;
  readonly everyMs: number | undefined;
  cleared = false;

  constructor(work: Work, everyMs?: number) {
    this.work = work;
    this.everyMs = everyMs;
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }
}

/**
 * The only clock, timers and chance of a run. Nothing happens by itself: `advance` runs what is due, in order, and lets
 * what happens in one millisecond come to rest before the next one. Repeated timers of one period beat together, in all
 * processes: they cost a rest each.
 */
export class VirtualTime {
  readonly random: () => number;
  /** Monotonic, in ms. */
  now = 0;
  /** What a person or a time server adds to the wall clock, in ms. */
  wallOffsetMs: number;
  /** Jobs that repeat work at one turn in so many: more than 1 in a lull. */
  jobStretch = 1;
  /** Repeated timers run late by this factor, as in a busy process. */
  #stretch = 1;
  #order = 0;
  readonly #queue = new EventQueue<Scheduled>();

  constructor(seed: number, startsAt: number) {
    this.random = seededRandom(seed);
    this.wallOffsetMs = startsAt;
  }

  get wall(): number {
    return this.wallOffsetMs + Math.floor(this.now);
  }

  after(ms: number, work: Work, everyMs?: number): VirtualTimer {
    const timer = new VirtualTimer(work, everyMs);
    if (!timer.life?.dead) this.#add(timer, everyMs === undefined ? Math.max(0, ms) : this.#untilBeat(everyMs));
    return timer;
  }

  async advance(ms: number, stretch = 1): Promise<void> {
    const until = this.now + Math.round(ms);
    this.#stretch = stretch;
    await settled();
    for (let next = this.#queue.next(); next && next.at <= until; next = this.#queue.next()) await this.#reach(next);
    this.now = until;
  }

  /** Goes on to the next instant at which something is due. */
  async next(stretch = 1): Promise<void> {
    this.#stretch = stretch;
    await settled();
    const next = this.#queue.next();
    if (next) await this.#reach(next);
  }

  /** Nobody wants anything for so long: every loop turns slower by this factor. */
  async lull(ms: number, stretch: number): Promise<void> {
    this.jobStretch = stretch;
    await this.advance(ms, stretch);
    this.jobStretch = 1;
  }

  async #reach(next: Scheduled): Promise<void> {
    this.now = next.at;
    for (let due: Scheduled | undefined = next; due?.at === this.now; due = this.#queue.next()) {
      this.#queue.take();
      if (!due.timer.cleared && !due.timer.life?.dead) this.#ring(due.timer);
    }
    await settled();
  }

  #ring(timer: VirtualTimer): void {
    if (timer.everyMs !== undefined) this.#add(timer, this.#untilBeat(timer.everyMs * this.#stretch));
    runTimer(timer);
  }

  #untilBeat(everyMs: number): number {
    const every = Math.max(1, Math.round(everyMs));
    return every - (this.now % every);
  }

  #add(timer: VirtualTimer, ms: number): void {
    this.#order += 1;
    this.#queue.add({ at: this.now + Math.ceil(ms), order: this.#order, timer });
  }
}

function runTimer({ life, work }: VirtualTimer): void {
  try {
    if (life) life.run(work);
    else work();
  } catch (cause) {
    if (!isKilled(cause)) throw cause;
  }
}

/** Resolves when every promise that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((rest) => turn(() => rest()));
}

let time = new VirtualTime(0, 0);

/** The time of the run that is under way. */
export function theTime(): VirtualTime {
  return time;
}

export function beginTime(seed: number, startsAt: number): VirtualTime {
  time = new VirtualTime(seed, startsAt);
  return time;
}

/** Puts the clock, the timers and the chance of JavaScript itself on virtual time, for all code of this process. */
export function takeOverGlobals(): void {
  const start = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => time.after(ms, () => work(...args));
  const repeat = (work: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) =>
    time.after(ms, () => work(...args), ms);
  const clear = (timer: unknown) => {
    if (timer instanceof VirtualTimer) timer.cleared = true;
  };
  Object.assign(globalThis, {
    setTimeout: start,
    setInterval: repeat,
    setImmediate: (work: (...args: unknown[]) => void, ...args: unknown[]) => start(work, 0, ...args),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  });
  Date.now = () => time.wall;
  Math.random = () => time.random();
  performance.now = () => time.now;
}
