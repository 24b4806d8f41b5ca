import type { AnyNode } from '../province/node.ts';

const statements = new WeakMap<object, Map<string, { all(...params: unknown[]): unknown[] }>>();

/** Rows that are committed at a node; none before its database exists. */
export function rows<Row>(node: Pick<AnyNode, 'look'>, text: string, ...params: unknown[]): Row[] {
  const { look } = node;
  let known = statements.get(look);
  if (!known) {
    known = new Map();
    statements.set(look, known);
  }
  let statement = known.get(text);
  if (!statement) {
    statement = look.prepare(text);
    known.set(text, statement);
  }
  return statement.all(...params) as Row[];
}
