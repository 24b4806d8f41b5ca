import { REFERENCE_SETS, type RowOf, type SetName } from '@lianpiao/shared/protocol/reference';
import { eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/** Where verbs of the station read a set: its table holds the set's rows and nothing else from the first version on. */
type Keepers = { readonly [Name in SetName]: (tx: AgentTx, rows: readonly RowOf<Name>[]) => Promise<void> };

const KEEPERS: Keepers = {
  'ticket-keys': async (tx, rows) => {
    const { ticketKeys } = tx.t;
    await tx.db.delete(ticketKeys);
    for (const row of rows) await tx.db.insert(ticketKeys).values({ ...row, revoked: row.revoked ? 1 : 0 });
  },
  rules: async (tx, rows) => {
    await tx.db.delete(tx.t.rules);
    for (const row of rows) await tx.db.insert(tx.t.rules).values({ ...row, body: JSON.stringify(row.body) });
    tx.memo.clear();
  },
  allotments: async (tx, rows) => {
    await tx.db.delete(tx.t.allotments);
    for (const row of rows) await tx.db.insert(tx.t.allotments).values(row);
  },
};

/** Replaces the table that verbs read. False, and nothing is changed, where a row is not one that this program understands. */
export async function keepSet(tx: AgentTx, set: SetName, bodies: Iterable<string>): Promise<boolean> {
  const parsed = [...bodies].map((body) => REFERENCE_SETS[set].row.safeParse(jsonOf(body)));
  if (!parsed.every(({ success }) => success)) return false;
  await (KEEPERS[set] as (tx: AgentTx, rows: readonly unknown[]) => Promise<void>)(
    tx,
    parsed.map(({ data }) => data),
  );
  return true;
}

/** Whether the set is pulled here: then facts about it, which older hubs send, say nothing new. */
export async function isPulled(tx: AgentTx, set: SetName): Promise<boolean> {
  const { refSets } = tx.t;
  return (await tx.db.select().from(refSets).where(eq(refSets.set, set))).length > 0;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
