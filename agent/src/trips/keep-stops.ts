import type { Trip } from '@lianpiao/shared/domain/trip';
import { inArray } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { StopDirectory } from '../legacy/stop-directory.ts';
import { pinyinOf } from './stop-pinyin.ts';

/** Keeps the places that trips call at, with the spelling that clerks type: the station's data where it has one. */
export async function keepStops(
  agent: Pick<Agent, 'store'>,
  trips: readonly Trip[],
  directory: StopDirectory,
): Promise<void> {
  const names = new Map(trips.flatMap(({ stops }) => stops.map(({ code, name }) => [code, name] as const)));
  const { db, t } = agent.store.read;
  const known = await db
    .select()
    .from(t.stops)
    .where(inArray(t.stops.code, [...names.keys()]));
  for (const { code, name } of known) if (names.get(code) === name) names.delete(code);
  if (names.size === 0) return;
  const rows = [...names].map(([code, name]) => ({ code, name, ...pinyinOf(name, directory) }));
  await agent.store.transaction(async (tx) => {
    for (const row of rows)
      await tx.db.insert(tx.t.stops).values(row).onConflictDoUpdate({ target: tx.t.stops.code, set: row });
  });
}
