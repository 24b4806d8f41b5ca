import { refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { hubIncarnation } from '../ingest/station-record.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';

const SUPERSEDED = 'hub.superseded-by';

/** Incarnation of the hub that has taken this one's place; undefined where none has. */
export async function supersededBy(on: HubReader): Promise<number | undefined> {
  const by = await metaOf(on, SUPERSEDED);
  return by === undefined ? undefined : Number(by);
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
  await keepMeta(tx, SUPERSEDED, String(incarnation));
  await raiseAlarm(tx, 'hub.superseded', String(incarnation), seenBy, now);
  return true;
}

/** An operator has made sure that no other hub runs. What this one believes is judged as after a restore. */
export async function forgetOtherHub(tx: HubTx): Promise<number | undefined> {
  const by = await supersededBy(tx);
  await dropMeta(tx, SUPERSEDED);
  return by;
}
