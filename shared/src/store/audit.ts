import type { EpochMs } from '../domain/service-day.ts';
import type { Caller } from './call.ts';
import { statement, value } from './statement.ts';
import type { Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

const insert = statement((db, t: SharedTables) =>
  db.insert(t.audit).values({
    at: value('at'),
    caller: value('caller'),
    clerk: value('clerk'),
    what: value('what'),
    subject: value('subject'),
    detail: value('detail'),
  }),
);

/** Writes who did what to what (`noun.past`), with the change itself. `detail` holds codes and amounts, never a person. */
export async function audit(
  tx: Tx<SharedTables>,
  caller: Caller,
  what: string,
  subject: string,
  now: EpochMs,
  detail: string | null = null,
): Promise<void> {
  await insert(tx, { at: now, caller: caller.id, clerk: caller.clerk, what, subject, detail });
}
