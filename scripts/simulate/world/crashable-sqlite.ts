import type Sqlite from 'better-sqlite3';
import { type Connection, type Statement, takeConnection } from './connections.ts';
import { currentLife, Killed, type Life } from './life.ts';

/**
 * `better-sqlite3` of the product under simulation, as much of it as `shared/src/store` uses: the real one on real files.
 * Each statement is a possible end of the process that runs it; at that end what it had not committed is gone.
 */
export default class CrashableSqlite {
  readonly #life: Life;
  readonly #connection: Connection;

  constructor(path: string, options?: Sqlite.Options) {
    const life = currentLife();
    if (!life || life.dead) throw new Killed();
    this.#life = life;
    this.#connection = takeConnection(path, options, life);
  }

  get inTransaction(): boolean {
    return !this.#life.dead && this.#connection.real.inTransaction;
  }

  prepare(text: string): CrashableStatement {
    const life = this.#life;
    if (life.dead) throw new Killed();
    return new CrashableStatement(this.#connection, text, life);
  }

  pragma(text: string): unknown {
    return this.#connection.pragma(text);
  }

  exec(text: string): void {
    this.#life.statement(() => this.#connection.real.exec(text));
  }

  transaction(work: () => void): () => void {
    return this.#connection.real.transaction(work);
  }

  /** The process goes on without it. */
  close(): void {
    this.#connection.leave();
  }
}

class CrashableStatement {
  readonly #connection: Connection;
  readonly #text: string;
  readonly #life: Life;
  #isRaw = false;

  constructor(connection: Connection, text: string, life: Life) {
    this.#connection = connection;
    this.#text = text;
    this.#life = life;
  }

  get reader(): boolean {
    return this.#statement.reader;
  }

  get readonly(): boolean {
    return this.#statement.readonly;
  }

  run(...params: unknown[]): unknown {
    return this.#life.statement(() => {
      if (this.#text === 'COMMIT') failIfDiskIsFull(this.#life);
      return this.#statement.run(...params);
    });
  }

  all(...params: unknown[]): unknown {
    const statement = this.#statement;
    if (this.#isRaw) statement.raw(true);
    return this.#life.statement(() => statement.all(...params));
  }

  get(...params: unknown[]): unknown {
    return this.#life.statement(() => this.#statement.get(...params));
  }

  raw(on: boolean): this {
    this.#isRaw = on;
    return this;
  }

  pluck(): this {
    this.#statement.pluck();
    return this;
  }

  get #statement(): Statement {
    return this.#connection.prepare(this.#text);
  }
}

function failIfDiskIsFull(life: Life): void {
  if (life.commitsToFail === 0) return;
  life.commitsToFail -= 1;
  throw new Error('database or disk is full');
}
