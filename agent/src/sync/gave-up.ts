import type { Reader } from '@lianpiao/shared/store/store';
import { eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const GAVE_UP = 'fork.gave-up';

/** The last fork of which this station has thrown its own history away; undefined where it never had to. */
export async function gaveUp({ db, t }: Reader<AgentTables>): Promise<number | undefined> {
  const [row] = await db.select().from(t.meta).where(eq(t.meta.key, GAVE_UP));
  return row && Number(row.value);
}

export async function keepGaveUp(tx: AgentTx, fork: number): Promise<void> {
  const { meta } = tx.t;
  const row = { key: GAVE_UP, value: String(fork) };
  await tx.db.insert(meta).values(row).onConflictDoUpdate({ target: meta.key, set: row });
}
