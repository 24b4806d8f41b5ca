import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { HubTx } from './store/hub-store.ts';
import type { HubTables } from './store/tables.ts';

const insert = statement((db, t: HubTables) =>
  db
    .insert(t.alarms)
    .values({ code: value('code'), subject: value('subject'), detail: value('detail'), at: value('now') })
    .onConflictDoNothing(),
);

/** Puts something before a person, once until it is closed. `code` is a code of docs/errors.md; `detail` names no passenger. */
export async function raiseAlarm(
  tx: HubTx,
  code: string,
  subject: string,
  detail: string,
  now: EpochMs,
): Promise<void> {
  await insert(tx, { code, subject, detail, now });
}
