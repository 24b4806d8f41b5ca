import Sqlite from 'better-sqlite3';
import type { Life } from './life.ts';

export type Statement = Sqlite.Statement<unknown[], unknown>;

/** Tables whose rows belong to a trip that has to be checked when one of them changes. */
const OF_TRIPS = ['seats', 'tickets', 'transfers'];
const OF_STREAMS = ['stream_out', 'stream_in'];

/**
 * A connection that outlives the process that uses it. A kill takes back what was not committed, as closing it would; but
 * opening it again, and preparing its statements, would cost more than a whole life between two crashes.
 */
export class Connection {
  readonly real: Sqlite.Database;
  readonly isFresh: boolean;
  user: Life | undefined;
  /** The connections that write the same file, for one that only reads. */
  readonly #writers: readonly Connection[] | undefined;
  readonly #statements = new Map<string, Statement>();
  readonly #settings = new Map<string, unknown>();

  constructor(path: string, options: Sqlite.Options | undefined) {
    this.real = new Sqlite(path, options);
    this.#writers = options?.readonly ? kindOf(path, 'writes') : undefined;
    this.isFresh = this.real.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'seats'").get() === undefined;
    if (!options?.readonly && !this.isFresh) this.#watch();
  }

  /**
   * The same text gives the same statement. Of a connection that only reads it is the one of the connection that writes the
   * file, while that is between two transactions: it sees the same rows, and its cache is not emptied by each commit.
   */
  prepare(text: string): Statement {
    const writer = this.#writer();
    return writer && !writer.real.inTransaction ? writer.#kept(text) : this.#kept(text);
  }

  #kept(text: string): Statement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.real.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** The one that is in use. */
  #writer(): Connection | undefined {
    if (this.#writers === undefined) return undefined;
    for (const writer of this.#writers) if (writer.user !== undefined) return writer;
    return undefined;
  }

  /** Settings stay as they are once they are made. No power is cut here, so nothing waits for a disk. */
  pragma(text: string): unknown {
    if (text === 'synchronous = FULL') return this.pragma('synchronous = OFF');
    if (!this.#settings.has(text)) this.#settings.set(text, this.real.pragma(text));
    return this.#settings.get(text);
  }

  /** Its process has ended. */
  leave(): void {
    this.user = undefined;
    if (this.real.inTransaction) this.real.exec('ROLLBACK');
  }

  /** Tells the life at work what it changes: a trigger sees every row, whatever statement it was. */
  #watch(): void {
    this.real.function('changed_trip', (trip: unknown) => {
      this.user?.touchedTrips.add(String(trip));
      return 0;
    });
    this.real.function('changed_stream', () => {
      if (this.user) this.user.touchedStreams = true;
      return 0;
    });
    for (const table of OF_TRIPS) this.#trigger(table, 'changed_trip(NEW.trip_id)');
    for (const table of OF_STREAMS) this.#trigger(table, 'changed_stream()');
  }

  #trigger(table: string, call: string): void {
    for (const change of ['INSERT', 'UPDATE'])
      this.real.exec(
        `CREATE TEMP TRIGGER watch_${table}_${change} AFTER ${change} ON main.${table} BEGIN SELECT ${call}; END`,
      );
  }
}

const open = new Map<string, Connection[]>();

/** A connection to the file, for one life: a spare one of the same kind or a new one. */
export function takeConnection(path: string, options: Sqlite.Options | undefined, life: Life): Connection {
  const known = kindOf(path, options?.readonly ? 'reads' : 'writes');
  let connection = known.find(({ user }) => user === undefined);
  if (!connection) {
    connection = new Connection(path, options);
    known.push(connection);
  }
  connection.user = life;
  const taken = connection;
  life.onEnd(() => taken.leave());
  return taken;
}

function kindOf(path: string, kind: 'reads' | 'writes'): Connection[] {
  const name = `${kind} ${path}`;
  const known = open.get(name) ?? [];
  open.set(name, known);
  return known;
}

/** Closes what is open of a file: it is removed or another one takes its place. */
export function closeConnections(path: string): void {
  for (const kind of ['reads', 'writes'] as const) {
    for (const { real } of kindOf(path, kind)) real.close();
    open.delete(`${kind} ${path}`);
  }
}
