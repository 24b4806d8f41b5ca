import { Column, is, Param, Placeholder, SQL, sql } from 'drizzle-orm';
import type { Database, Reader } from './store.ts';

/** What a drizzle builder gives `statement`: awaited it has rows, prepared it has SQL, parameters and the shape of a row. */
type Query<Result> = PromiseLike<Result> & { _prepare?: unknown };
type Rows<Result> = Result extends readonly unknown[] ? Result : undefined;
type Values = Readonly<Record<string, unknown>>;

/** Names a value that is given at each call. */
export const value = (name: string) => sql.placeholder(name);

/**
 * A statement of a hot path: built by drizzle once per engine, then only bound and run.
 *
 * drizzle's own prepared queries cost about as much again as the statement itself; this keeps its SQL and its types and
 * leaves out the rest. Rows are flat: no joins with the same column name twice.
 */
export function statement<Tables, Result>(
  build: (db: Database, t: Tables) => Query<Result>,
): (on: Reader<Tables>, values: Values) => Promise<Rows<Result>> {
  const prepared = new WeakMap<Database, Prepared>();
  return (on, values) => {
    let mine = prepared.get(on.db);
    if (!mine) {
      mine = prepare(build(on.db, on.t));
      prepared.set(on.db, mine);
    }
    const params = mine.bind(values);
    return (mine.row ? on.engine.rows(mine.text, params).then(mine.rows) : on.engine.run(mine.text, params)) as Promise<
      Rows<Result>
    >;
  };
}

type Prepared = {
  readonly text: string;
  readonly bind: (values: Values) => unknown[];
  readonly row: ((raw: readonly unknown[]) => unknown) | null;
  readonly rows: (raws: readonly (readonly unknown[])[]) => unknown[];
};

function prepare(query: Query<unknown>): Prepared {
  const { query: built, fields } = (
    query as { _prepare(): { query: { sql: string; params: unknown[] }; fields?: readonly Field[] } }
  )._prepare();
  const binders = built.params.map(binder);
  const row = fields ? rowMaker(fields) : null;
  return {
    text: built.sql,
    bind: (values) => binders.map((bind) => bind(values)),
    row,
    rows: (raws) => raws.map(row!),
  };
}

function binder(param: unknown): (values: Values) => unknown {
  const named = is(param, Placeholder) ? param : is(param, Param) && is(param.value, Placeholder) ? param.value : null;
  if (!named) return () => param;
  const { name } = named;
  return (values) => {
    const given = values[name];
    if (given === undefined) throw new Error(`the statement needs a value for "${name}"`);
    return given;
  };
}

type Field = { readonly path: readonly string[]; readonly field: unknown };

/** Columns of our kit need no decoding; computed SQL fields are numbers or text as the engine gives them. */
function rowMaker(fields: readonly Field[]): (raw: readonly unknown[]) => unknown {
  const keys = fields.map(({ path, field }) => {
    if (path.length !== 1 || !(is(field, Column) || is(field, SQL) || is(field, SQL.Aliased))) {
      throw new Error(`a hot statement selects flat columns, not ${path.join('.')}`);
    }
    return path[0]!;
  });
  return (raw) => {
    const made: Record<string, unknown> = {};
    for (let index = 0; index < keys.length; index += 1) made[keys[index]!] = raw[index];
    return made;
  };
}
