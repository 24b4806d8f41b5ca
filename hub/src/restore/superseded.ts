import { refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import { eq } from 'drizzle-orm';
import { hubIncarnation } from '../ingest/station-record.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

const SUPERSEDED = 'hub.superseded-by';

const byKey = statement((db, t: HubTables) =>
  db
    .select({ value: t.meta.value })
    .from(t.meta)
    .where(eq(t.meta.key, value('key'))),
);

/** Incarnation of the hub that has taken this one's place; undefined where none has. */
export async function supersededBy(on: HubReader): Promise<number | undefined> {
  const [row] = await byKey(on, { key: SUPERSEDED });
  return row && Number(row.value);
}

/**
 * The guard of every verb that gives a seat away or decides about its money: another hub runs in this one's place, and knows
 * what this one does not. Undefined when this hub may sell.
 */
export async function whyHubNotSell(on: HubReader) {
  const by = await supersededBy(on);
  return by === undefined ? undefined : refuse({ code: 'hub.may-not-sell', by });
}

/**
 * Somebody has seen a hub of a higher incarnation: this one sells no more, also after a restart, until an operator has acted.
 * False for one that is not higher, or was known.
 */
export async function noteOtherHub(tx: HubTx, incarnation: number, seenBy: string, now: EpochMs): Promise<boolean> {
  if (incarnation <= (await hubIncarnation(tx)) || incarnation <= ((await supersededBy(tx)) ?? 0)) return false;
  const row = { key: SUPERSEDED, value: String(incarnation) };
  const { meta } = tx.t;
  await tx.db.insert(meta).values(row).onConflictDoUpdate({ target: meta.key, set: row });
  await raiseAlarm(tx, 'hub.superseded', String(incarnation), seenBy, now);
  return true;
}

/** An operator has made sure that no other hub runs. What this one believes is judged as after a restore. */
export async function forgetOtherHub(tx: HubTx): Promise<number | undefined> {
  const [row] = await tx.db.delete(tx.t.meta).where(eq(tx.t.meta.key, SUPERSEDED)).returning();
  return row && Number(row.value);
}
