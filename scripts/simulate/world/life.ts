import { AsyncLocalStorage } from 'node:async_hooks';

/** What everything throws that a dead process still tries to do. */
export class Killed extends Error {
  constructor() {
    super('this process has been killed');
  }
}

/** Whether an error, or what caused it, is the end of a process. */
export function isKilled(cause: unknown): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) if (at instanceof Killed) return true;
  return false;
}

const running = new AsyncLocalStorage<Life>();

/** The process that the code at hand belongs to; undefined for the simulator itself. */
export function currentLife(): Life | undefined {
  return running.getStore();
}

/**
 * One life of a process of the product: from its start to a kill. What it opens registers here, and ends with it; whatever
 * it goes on to do afterwards throws.
 */
export class Life {
  readonly name: string;
  readonly ended: Promise<void>;
  /** Statements of all databases, for the trace. */
  statements = 0;
  /** Trips whose seats, transfers or tickets were changed since somebody looked. */
  readonly touchedTrips = new Set<string>();
  /** A stream went on since somebody looked. */
  touchedStreams = true;
  /** So many commits fail from now on, as on a full disk. */
  commitsToFail = 0;
  #dead = false;
  #untilCrash = Number.POSITIVE_INFINITY;
  #crashBefore = true;
  readonly #ends: (() => void)[] = [];
  #tellEnd: () => void = () => undefined;

  constructor(name: string) {
    this.name = name;
    this.ended = new Promise((told) => {
      this.#tellEnd = told;
    });
  }

  get dead(): boolean {
    return this.#dead;
  }

  run<Value>(work: () => Value): Value {
    return running.run(this, work);
  }

  onEnd(end: () => void): void {
    this.#ends.push(end);
  }

  /** Kills the process at the given statement from now, before or after it has run. */
  crashAt(statement: number, before: boolean): void {
    this.#untilCrash = statement;
    this.#crashBefore = before;
  }

  /** A statement of this process: each is a possible end. */
  statement<Value>(execute: () => Value): Value {
    if (this.#dead) throw new Killed();
    this.statements += 1;
    this.#untilCrash -= 1;
    if (this.#untilCrash > 0) return execute();
    if (!this.#crashBefore) execute();
    this.kill();
    throw new Killed();
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const end of this.#ends.splice(0)) end();
    this.#tellEnd();
  }
}
