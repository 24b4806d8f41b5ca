import type Sqlite from 'better-sqlite3';
import { type Connection, takeConnection } from './connections.ts';
import { currentLife, Killed, type Life } from './life.ts';

type Execute = (...params: unknown[]) => unknown;

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
  readonly reader: boolean;
  readonly run: Execute;
  readonly all: Execute;
  readonly get: Execute;
  #isRaw = false;
  readonly #statement: Sqlite.Statement<unknown[], unknown>;

  constructor(connection: Connection, text: string, life: Life) {
    const statement = connection.prepare(text);
    const isCommit = text === 'COMMIT';
    this.#statement = statement;
    this.reader = statement.reader;
    const guarded = (name: 'run' | 'all' | 'get'): Execute => {
      const execute = statement[name].bind(statement) as Execute;
      return (...params) =>
        life.statement(() => {
          if (isCommit) failIfDiskIsFull(life);
          return execute(...params);
        });
    };
    this.run = guarded('run');
    const all = guarded('all');
    this.all = (...params) => {
      const quick = this.#isRaw ? connection.quickRead(text) : undefined;
      return quick ? life.statement(() => quick.all(...params)) : all(...params);
    };
    this.get = guarded('get');
  }

  raw(on: boolean): this {
    this.#isRaw = on;
    this.#statement.raw(on);
    return this;
  }

  pluck(): this {
    this.#statement.pluck();
    return this;
  }
}

function failIfDiskIsFull(life: Life): void {
  if (life.commitsToFail === 0) return;
  life.commitsToFail -= 1;
  throw new Error('database or disk is full');
}
