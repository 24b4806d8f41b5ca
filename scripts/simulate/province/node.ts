import { rmSync, writeFileSync } from 'node:fs';
import type { Outcome } from '@lianpiao/shared/domain/outcome';
import { Fault } from '@lianpiao/shared/fault';
import Sqlite from 'better-sqlite3';
import { closeConnections } from '../world/connections.ts';
import { isKilled, Life } from '../world/life.ts';
import { markerOf } from './names.ts';
import type { WallClock } from './wall-clock.ts';

export type Answer = Outcome<unknown, { readonly code: string }>;
/** What a caller gets who may have to ask again: the process died, or could not write. */
export type Asked<Given> = Given | 'unknown';

/** A process of the product that can be closed in order. */
export type Closable = { readonly close: () => Promise<void> };
export type AnyNode = Node<Closable>;
type NodeOptions<Parts> = {
  readonly name: string;
  readonly file: string;
  readonly clock: WallClock;
  readonly start: (file: string) => Promise<Parts>;
  readonly failed: (cause: unknown) => void;
};

/**
 * A process of the product that is killed and started again. `Parts` is what its start makes; the database file is what
 * stays.
 */
export class Node<Parts extends Closable = Closable> {
  readonly name: string;
  readonly file: string;
  readonly clock: WallClock;
  parts: Parts | undefined;
  life: Life;
  readonly #start: (file: string) => Promise<Parts>;
  readonly #failed: (cause: unknown) => void;
  #waiting: (() => void)[] = [];
  #look: Sqlite.Database | undefined;

  constructor({ name, file, clock, start, failed }: NodeOptions<Parts>) {
    this.name = name;
    this.file = file;
    this.clock = clock;
    this.#start = start;
    this.#failed = failed;
    this.life = new Life(name);
    this.life.kill();
  }

  /** A connection of the simulator's own, that sees what is committed. */
  get look(): Sqlite.Database {
    this.#look ??= new Sqlite(this.file, { readonly: true });
    return this.#look;
  }

  /** Starts the process if it is dead. It may be killed again before it is up. */
  start(): void {
    if (!this.life.dead) return;
    const life = new Life(this.name);
    this.life = life;
    this.parts = undefined;
    life
      .run(() => this.#start(this.file))
      .then((parts) => {
        if (life.dead) return;
        this.parts = parts;
        for (const go of this.#waiting.splice(0)) go();
      })
      .catch((cause: unknown) => {
        if (!life.dead && !mayComeAgain(cause)) this.#failed(cause);
        life.kill();
      });
  }

  kill(): void {
    this.life.kill();
    this.parts = undefined;
  }

  /** An orderly end. What is under way may still be cut off: nobody waits for callers. */
  async shutDown(): Promise<void> {
    const { parts, life } = this;
    if (!parts || life.dead) return;
    this.parts = undefined;
    try {
      const closed = life.run(() => parts.close());
      closed.catch(() => undefined);
      await Promise.race([closed, life.ended]);
    } catch (cause) {
      if (!life.dead && !isKilled(cause)) this.#failed(cause);
    }
    life.kill();
  }

  /** What is committed, as a backup takes it. */
  backup(): Buffer {
    return this.look.serialize();
  }

  /** Another database takes the place of this one's, whose process is dead. */
  restore(image: Buffer): void {
    this.close();
    for (const part of ['-wal', '-shm']) rmSync(`${this.file}${part}`, { force: true });
    writeFileSync(this.file, image);
  }

  /** What it keeps outside its database goes with the machine. */
  loseMarker(): void {
    rmSync(markerOf(this.file), { force: true });
  }

  get isUp(): boolean {
    return this.parts !== undefined && !this.life.dead;
  }

  async up(): Promise<Parts> {
    while (!this.isUp) await new Promise<void>((go) => this.#waiting.push(go));
    return this.parts!;
  }

  /** Asks a verb. A fault of the disk or the death of the process leaves the caller without an answer. */
  async ask<Given>(verb: (parts: Parts) => Promise<Given>): Promise<Asked<Given>> {
    const parts = await this.up();
    const { life } = this;
    const asked = life.run(() => verb(parts));
    asked.catch(() => undefined);
    try {
      const answer = await Promise.race([asked, life.ended.then(() => 'unknown' as const)]);
      return life.dead ? 'unknown' : answer;
    } catch (cause) {
      if (life.dead || mayComeAgain(cause)) return 'unknown';
      throw cause;
    }
  }

  close(): void {
    this.kill();
    this.#look?.close();
    this.#look = undefined;
    closeConnections(this.file);
  }
}

/** What ends a start or a call without saying anything about the rules: a death, a disk that is full for a while. */
function mayComeAgain(cause: unknown): boolean {
  return isKilled(cause) || (cause instanceof Fault && cause.detail.retryable);
}
