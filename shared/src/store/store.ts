import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';

/** drizzle's asynchronous SQLite database is the type of every engine: other engines are cast to it. */
export type Database = SqliteRemoteDatabase<Record<string, never>>;

/** A statement that an engine has prepared. A local engine answers at once, one over a socket with a promise. */
export type Prepared = {
  /** Rows as arrays in column order. */
  rows(params: readonly unknown[]): Rows | Promise<Rows>;
  /** Number of rows that were changed. */
  run(params: readonly unknown[]): number | Promise<number>;
};
export type Rows = readonly (readonly unknown[])[];

/** Runs SQL text. The same text gives the same prepared statement. */
export type Engine = { prepare(text: string): Prepared };

/** Something to query: `t` are the tables of this engine. */
export type Reader<Tables> = { readonly db: Database; readonly t: Tables; readonly engine: Engine };

/** What a machine's clocks read as a fact is written: wall clock, what it lacks to the hub's, and time since its start. In ms. */
export type ClockStamp = { readonly wallAt: number; readonly offsetMs: number | null; readonly monoMs: number };

/** A stream that goes out from here. */
export type GrownStream = { readonly peer: string; readonly lane: string };

/**
 * The only way to write. What runs in a transaction awaits its own statements and nothing else: no timer, no network, no
 * other transaction.
 */
export type Tx<Tables> = Reader<Tables> & {
  /** What the units of one commit have read and may use again. Empty at the start of each commit and after each undo. */
  readonly memo: Map<string, unknown>;
  /**
   * What a unit writes once however often it changes it, by name: run when the unit ends, inside its transaction. Who reads
   * such a row earlier writes it first.
   */
  readonly atEnd: Map<string, () => Promise<unknown>>;
  /** Streams that have grown in this commit, or would have: what was taken back is among them. For whoever keeps their heads elsewhere. */
  readonly grown: Map<string, GrownStream>;
  /** The clocks that are kept beside each fact, read once a commit; absent where a process has none to correct. */
  readonly stamp?: () => ClockStamp;
};

export type Store<Tables> = {
  /** A second, read-only connection: sees what is committed. */
  readonly read: Reader<Tables>;
  /**
   * Runs `unit` and resolves when its writes are durable. Units that are waiting share one commit; each is undone alone
   * when it throws, and also when it returns a refusal: a no never leaves half a change behind. A unit may be run again
   * after it was taken back with its group, so it changes nothing but rows.
   */
  transaction<Value>(unit: (tx: Tx<Tables>) => Promise<Value>): Promise<Value>;
  /** Grows with each commit that changed something: while it stands still, what was read before is still so. */
  commits(): number;
  close(): Promise<void>;
};
