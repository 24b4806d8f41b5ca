import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { partDigest, partsOf, type RefChange } from '@lianpiao/shared/link/ref-rows';
import type { Envelope, RefGet, RefPart } from '@lianpiao/shared/protocol/messages';
import { isSetName, type SetName } from '@lianpiao/shared/protocol/reference';
import { and, asc, eq, gt } from 'drizzle-orm';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import { newestVersion, ownerOf } from './ref-versions.ts';

type Asked = Omit<RefGet, keyof Envelope>;
type Answer = Omit<RefPart, keyof Envelope>;

/**
 * One part of what a station lacks of a set: what changed since the version that it has, or everything where its rows are not
 * that version's, or the change log does not go back so far. Nothing is remembered between two parts: where the set has
 * changed meanwhile, the answer begins anew. Undefined for a set that there is not.
 */
export function answerPull(store: HubStore, station: string, asked: Asked, now: EpochMs): Promise<Answer | undefined> {
  return store.transaction(async (tx) => {
    const { id, set, have, hash, want } = asked;
    if (!isSetName(set)) return undefined;
    const owner = ownerOf(set, station);
    const newest = await newestVersion(tx, set, owner);
    if (!newest) return undefined;
    const { version } = newest;
    const known = await hashAt(tx, set, owner, have);
    if (known !== undefined && known !== hash)
      await raiseAlarm(tx, 'ref.differs', station, `${set} version ${have}: ${hash ?? 'no rows'}`, now);
    const kind = known !== undefined && known === hash ? 'delta' : 'snapshot';
    const parts = partsOf(
      kind === 'delta' ? await changesSince(tx, set, owner, have) : await everything(tx, set, owner),
    );
    const part = want.version === version && want.part < parts.length ? want.part : 0;
    const rows = parts[part]!.map(([key, body]): [string, string | null] => [key, body]);
    const digest = partDigest(rows);
    return { k: 'ref-part', id, set, kind, version, hash: newest.hash, part, parts: parts.length, rows, digest };
  });
}

async function hashAt({ db, t }: HubTx, set: SetName, owner: string, version: number): Promise<string | undefined> {
  const { refVersions } = t;
  const [row] = await db
    .select({ hash: refVersions.hash })
    .from(refVersions)
    .where(and(eq(refVersions.set, set), eq(refVersions.station, owner), eq(refVersions.version, version)));
  return row?.hash;
}

/** The last word about each row that changed. */
async function changesSince({ db, t }: HubTx, set: SetName, owner: string, version: number): Promise<RefChange[]> {
  const { refChanges } = t;
  const rows = await db
    .select({ key: refChanges.key, body: refChanges.body })
    .from(refChanges)
    .where(and(eq(refChanges.set, set), eq(refChanges.station, owner), gt(refChanges.version, version)))
    .orderBy(asc(refChanges.version));
  return [...new Map(rows.map(({ key, body }) => [key, body]))];
}

async function everything({ db, t }: HubTx, set: SetName, owner: string): Promise<RefChange[]> {
  const { refRows } = t;
  const rows = await db
    .select({ key: refRows.key, body: refRows.body })
    .from(refRows)
    .where(and(eq(refRows.set, set), eq(refRows.station, owner)))
    .orderBy(asc(refRows.key));
  return rows.map(({ key, body }) => [key, body]);
}
