import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type RefChange, setHash } from '@lianpiao/shared/link/ref-rows';
import { REFERENCE_SETS, SET_NAMES, type SetName } from '@lianpiao/shared/protocol/reference';
import { and, eq } from 'drizzle-orm';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import { newestVersion } from './ref-versions.ts';
import { SOURCES } from './sources.ts';

export type Published = { readonly set: SetName; readonly version: number };
type Bodies = Map<string, string>;

/**
 * Makes a new version of each set whose rows are not what was published last, with its change log. Nobody who changes such a
 * row has to know of it. Call every few seconds; returns what is new.
 */
export async function publishSets(store: HubStore, now: EpochMs): Promise<Published[]> {
  const published: Published[] = [];
  for (const set of SET_NAMES) published.push(...(await store.transaction((tx) => publishSet(tx, set, now))));
  return published;
}

async function publishSet(tx: HubTx, set: SetName, now: EpochMs): Promise<Published[]> {
  const [wanted, current] = [await rowsNow(tx, set), await rowsPublished(tx, set)];
  const published: Published[] = [];
  for (const owner of new Set([...wanted.keys(), ...current.keys()])) {
    const bodies = wanted.get(owner) ?? new Map();
    const changes = difference(current.get(owner) ?? new Map(), bodies);
    if (changes.length === 0) continue;
    const version = ((await newestVersion(tx, set, owner))?.version ?? 0) + 1;
    const at = { set, station: owner, version };
    await tx.db.insert(tx.t.refVersions).values({ ...at, hash: setHash(set, version, bodies), at: now });
    for (const [key, body] of changes) {
      await tx.db.insert(tx.t.refChanges).values({ ...at, key, body });
      await keepRow(tx, set, owner, [key, body]);
    }
    published.push({ set, version });
  }
  return published;
}

async function keepRow(tx: HubTx, set: SetName, station: string, [key, body]: RefChange): Promise<void> {
  const { refRows } = tx.t;
  const same = and(eq(refRows.set, set), eq(refRows.station, station), eq(refRows.key, key));
  await tx.db.delete(refRows).where(same);
  if (body !== null) await tx.db.insert(refRows).values({ set, station, key, body });
}

async function rowsNow(tx: HubTx, set: SetName): Promise<Map<string, Bodies>> {
  const { row: schema, key } = REFERENCE_SETS[set];
  const byOwner = new Map<string, Bodies>();
  for (const { row, station = '' } of await SOURCES[set](tx)) {
    // Parsed, so that a row that no station would take is a fault here; and its fields stand in the order of the schema.
    const body = JSON.stringify(schema.parse(row));
    of(byOwner, station).set((key as (row: unknown) => string)(row), body);
  }
  return byOwner;
}

async function rowsPublished({ db, t }: HubTx, set: SetName): Promise<Map<string, Bodies>> {
  const byOwner = new Map<string, Bodies>();
  for (const { station, key, body } of await db.select().from(t.refRows).where(eq(t.refRows.set, set)))
    of(byOwner, station).set(key, body);
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
