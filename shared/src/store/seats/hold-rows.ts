import { eq } from 'drizzle-orm';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

export type HoldRow = SharedTables['holds']['$inferSelect'];

const byId = statement((db, { holds }: SharedTables) =>
  db
    .select()
    .from(holds)
    .where(eq(holds.holdId, value('holdId'))),
);

/** A hold by its id, live or ended. */
export async function findHold(on: Reader<SharedTables>, holdId: string): Promise<HoldRow | undefined> {
  return (await byId(on, { holdId }))[0];
}
