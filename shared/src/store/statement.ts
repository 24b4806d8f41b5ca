import { Column, getTableColumns, is, Param, Placeholder, SQL, sql, type Table } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database, Engine, Reader, Rows, Tx } from './store.ts';

/** What a drizzle builder gives `statement`: awaited it has rows, prepared it has SQL, parameters and the shape of a row. */
type Query<Result> = PromiseLike<Result> & { _prepare?: unknown };
type Answer<Result> = Result extends readonly unknown[] ? Result : number;
type Values = Readonly<Record<string, unknown>>;

/** Names a value that is given at each call. */
export const value = (name: string) => sql.placeholder(name);

/**
 * A statement of a hot path: built by drizzle once for each set of tables, prepared once per engine, then only bound and run.
 *
 * drizzle's own prepared queries cost about as much again as the statement itself; this keeps its SQL and its types and
 * leaves out the rest. A write without `returning` resolves to the number of rows it changed, which is how a guard is read:
 * SQLite makes a table for `returning`, at more than the price of a small update. Rows are flat: no joins with the same column name twice.
 */
export function statement<Tables, Result>(
  build: (db: Database, t: Tables) => Query<Result>,
): (on: Reader<Tables>, values: Values) => Promise<Answer<Result>> {
  return bound(build, binder);
}

/** Rows of one statement, the most first. More at once gain nothing. */
const ROWS_AT_ONCE = [16, 8, 4, 2, 1];

/** Inserts whole rows, in as few statements as their number takes: a fourth of the price of a row is its statement. */
export function insertRows<Tables, Of extends SQLiteTable>(tableOf: (t: Tables) => Of) {
  const inserts = ROWS_AT_ONCE.map((count) => {
    const rowsOf = (t: Tables) => Array.from({ length: count }, () => givenRow(tableOf(t)));
    const build = (db: Database, t: Tables) => db.insert<SQLiteTable>(tableOf(t)).values(rowsOf(t));
    return { count, insert: bound(build, (names) => rowsBinder(names, count)) };
  });
  return async (tx: Tx<Tables>, rows: readonly Of['$inferSelect'][]): Promise<void> => {
    let done = 0;
    for (const { count, insert } of inserts)
      for (; rows.length - done >= count; done += count) await insert(tx, rows.slice(done, done + count));
  };
}

function bound<Tables, Result, Given>(
  build: (db: Database, t: Tables) => Query<Result>,
  binderOf: (names: readonly string[]) => (given: Given) => unknown[],
): (on: Reader<Tables>, given: Given) => Promise<Answer<Result>> {
  const built = new WeakMap<object, Built<Given>>();
  const hot = new WeakMap<Engine, (given: Given) => unknown>();
  return async (on, values) => {
    let call = hot.get(on.engine);
    if (!call) {
      const tables = on.t as object;
      const known = built.get(tables) ?? builtOf(build(on.db, on.t), binderOf);
      built.set(tables, known);
      call = prepare(known, on.engine);
      hot.set(on.engine, call);
    }
    return call(values) as Answer<Result>;
  };
}

/** Statements that differ in more than their values: made once for each combination of the parts that they differ in. */
export function statements<Parts extends readonly (string | readonly string[])[], Made>(
  make: (...parts: Parts) => Made,
): (...parts: Parts) => Made {
  const known = new Map<string, Made>();
  return (...parts) => {
    const name = parts.join(' ');
    const made = known.get(name) ?? make(...parts);
    known.set(name, made);
    return made;
  };
}

/** Columns that an update is given values for. */
export function namesOf<Changes extends object>(changes: Changes): (keyof Changes)[] {
  return (Object.keys(changes) as (keyof Changes)[]).filter((name) => changes[name] !== undefined);
}

/** These columns, to be set to values of the same names. */
export function given<Changes>(columns: readonly (keyof Changes & string)[]): Changes {
  return Object.fromEntries(columns.map((name) => [name, value(name)])) as Changes;
}

/** A whole row, each column of it given at each call. */
export function givenRow<Of extends Table>(table: Of): Of['$inferInsert'] {
  return given<Of['$inferInsert']>(Object.keys(getTableColumns(table)) as (keyof Of['$inferInsert'] & string)[]);
}

/** What drizzle has made of a query: its text, how values become parameters, and rows objects, if it has rows. */
type Built<Given> = {
  readonly text: string;
  readonly bind: (given: Given) => unknown[];
  readonly objects: ((rows: Rows) => unknown[]) | undefined;
};

function builtOf<Given>(
  query: Query<unknown>,
  binderOf: (names: readonly string[]) => (given: Given) => unknown[],
): Built<Given> {
  const { query: built, fields } = (query as Preparable)._prepare();
  const names = built.params.map(nameOf);
  const bind = binderOf(names.filter((name) => name !== undefined));
  return { text: withConstants(built, names), bind, objects: fields && rowMaker(fields) };
}

function prepare<Given>({ text, bind, objects }: Built<Given>, engine: Engine): (given: Given) => unknown {
  const statement = engine.prepare(text);
  if (!objects) return (values) => statement.run(bind(values));
  return (values) => {
    const rows = statement.rows(bind(values));
    return rows instanceof Promise ? rows.then(objects) : objects(rows);
  };
}

type Field = { readonly path: readonly string[]; readonly field: unknown };
type BuiltQuery = { readonly sql: string; readonly params: readonly unknown[] };
type Preparable = { _prepare(): { query: BuiltQuery; fields?: readonly Field[] } };

/** Name of a value that is given at each call; undefined for a constant. */
function nameOf(param: unknown): string | undefined {
  const named = is(param, Param) ? param.value : param;
  return is(named, Placeholder) ? named.name : undefined;
}

/**
 * The text with its constants in place, and each given value as an expression. Where SQLite sorts, limits or picks a partial
 * index it looks at a bare bound value to plan by it, and plans anew whenever another one is bound: that costs several times
 * the statement itself.
 */
function withConstants({ sql: text, params }: BuiltQuery, names: readonly (string | undefined)[]): string {
  const parts = text.split('?');
  if (parts.length !== params.length + 1) throw new Error(`a hot statement has no question marks of its own: ${text}`);
  return parts.reduce((before, part, index) => {
    const isGiven = names[index - 1] !== undefined;
    return `${before}${isGiven ? '+?' : literal(params[index - 1])}${part}`;
  });
}

function literal(constant: unknown): string {
  if (constant === null) return 'null';
  if (typeof constant === 'number') return String(constant);
  if (typeof constant === 'string') return `'${constant.replaceAll("'", "''")}'`;
  throw new Error(`a constant of a hot statement is text, a number or null, not ${String(constant)}`);
}

/** Puts the values of a call in the order of the placeholders. */
function binder(names: readonly string[]): (values: Values) => unknown[] {
  return (values) => names.map((name) => boundOf(values, name));
}

/** The same for several rows, each with a value for every column. */
function rowsBinder(names: readonly string[], count: number): (rows: readonly Values[]) => unknown[] {
  const columns = names.slice(0, names.length / count);
  return (rows) => rows.flatMap((row) => columns.map((name) => boundOf(row, name)));
}

function boundOf(values: Values, name: string): unknown {
  const bound = values[name];
  if (bound === undefined) throw new Error(`the statement needs a value for "${name}"`);
  return bound;
}

/** Columns of our kit need no decoding; computed SQL fields are numbers or text as the engine gives them. */
function rowMaker(fields: readonly Field[]): (rows: Rows) => unknown[] {
  const keys = fields.map(({ path, field }) => {
    if (path.length !== 1 || !(is(field, Column) || is(field, SQL) || is(field, SQL.Aliased))) {
      throw new Error(`a hot statement selects flat columns, not ${path.join('.')}`);
    }
    return path[0]!;
  });
  const object = (row: readonly unknown[]) => {
    const made: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index += 1) made[keys[index]!] = row[index];
    return made;
  };
  return (rows) => rows.map(object);
}
