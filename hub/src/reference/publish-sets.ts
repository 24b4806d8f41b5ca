import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type RefChange, setHash } from '@lianpiao/shared/link/ref-rows';
import { REFERENCE_SETS, SET_NAMES, type SetName } from '@lianpiao/shared/protocol/reference';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq } from 'drizzle-orm';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { newestVersion } from './ref-versions.ts';
import { SOURCES } from './sources.ts';

export type Published = { readonly set: SetName; readonly version: number };
type Bodies = Map<string, string>;
/** What one owner of a set has to be told. */
type News = { readonly owner: string; readonly bodies: Bodies; readonly changes: readonly RefChange[] };

const published = statement((db, { refRows }: HubTables) =>
  db
    .select({ station: refRows.station, key: refRows.key, body: refRows.body })
    .from(refRows)
    .where(eq(refRows.set, value('set'))),
);

/**
 * Makes a new version of each set whose rows are not what was published last, with its change log. Nobody who changes such a
 * row has to know of it. Call every few seconds; returns what is new.
 */
export async function publishSets(store: HubStore, now: EpochMs): Promise<Published[]> {
  const versions: Published[] = [];
  for (const set of SET_NAMES)
    if ((await newsOf(store.read, set)).length > 0)
      versions.push(...(await store.transaction((tx) => publishSet(tx, set, now))));
  return versions;
}

async function publishSet(tx: HubTx, set: SetName, now: EpochMs): Promise<Published[]> {
  const versions: Published[] = [];
  for (const { owner, bodies, changes } of await newsOf(tx, set)) {
    const version = ((await newestVersion(tx, set, owner))?.version ?? 0) + 1;
    const at = { set, station: owner, version };
    await tx.db.insert(tx.t.refVersions).values({ ...at, hash: setHash(set, version, bodies), at: now });
    for (const [key, body] of changes) {
      await tx.db.insert(tx.t.refChanges).values({ ...at, key, body });
      await keepRow(tx, set, owner, [key, body]);
    }
    versions.push({ set, version });
  }
  return versions;
}

async function newsOf(on: HubReader, set: SetName): Promise<News[]> {
  const [wanted, current] = [await rowsNow(on, set), await rowsPublished(on, set)];
  return [...new Set([...wanted.keys(), ...current.keys()])].flatMap((owner) => {
    const bodies: Bodies = wanted.get(owner) ?? new Map();
    const changes = difference(current.get(owner) ?? new Map(), bodies);
    return changes.length > 0 ? [{ owner, bodies, changes }] : [];
  });
}

async function keepRow(tx: HubTx, set: SetName, station: string, [key, body]: RefChange): Promise<void> {
  const { refRows } = tx.t;
  const same = and(eq(refRows.set, set), eq(refRows.station, station), eq(refRows.key, key));
  await tx.db.delete(refRows).where(same);
  if (body !== null) await tx.db.insert(refRows).values({ set, station, key, body });
}

async function rowsNow(on: HubReader, set: SetName): Promise<Map<string, Bodies>> {
  const { row: schema, key } = REFERENCE_SETS[set];
  const byOwner = new Map<string, Bodies>();
  for (const { row, station = '' } of await SOURCES[set](on)) {
    // Parsed, so that a row that no station would take is a fault here; and its fields stand in the order of the schema.
    const body = JSON.stringify(schema.parse(row));
    of(byOwner, station).set((key as (row: unknown) => string)(row), body);
  }
  return byOwner;
}

async function rowsPublished(on: HubReader, set: SetName): Promise<Map<string, Bodies>> {
  const byOwner = new Map<string, Bodies>();
  for (const { station, key, body } of await published(on, { set })) of(byOwner, station).set(key, body);
  return byOwner;
}

function of(byOwner: Map<string, Bodies>, owner: string): Bodies {
  const known = byOwner.get(owner);
  if (known) return known;
  const fresh: Bodies = new Map();
  byOwner.set(owner, fresh);
  return fresh;
}

function difference(before: Bodies, after: Bodies): RefChange[] {
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key): RefChange => [key, null]);
  return [...gone, ...[...after].filter(([key, body]) => before.get(key) !== body)];
}
