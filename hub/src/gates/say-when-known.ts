import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventType } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { statement, value } from '@lianpiao/shared/store/statement';
import { type Emission, emit } from '@lianpiao/shared/store/streams';
import { asc, eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/**
 * Says a fact of lane `seat` that came with a later minor version: at once to a station that knows it, else when its program
 * is upgraded. An unknown type would stop the lane.
 */
export async function sayWhenKnown<Type extends EventType>(
  tx: HubTx,
  emission: Emission<Type>,
  now: EpochMs,
): Promise<void> {
  const { peer: station, type, agg, fact, person } = emission;
  if (await speaks(tx, station, type)) {
    await emit(tx, emission, now);
    return;
  }
  const sealed = { person: person ? Buffer.from(person.sealed) : null, personHash: person?.hash ?? null };
  await tx.db.insert(tx.t.unsaidFacts).values({ station, type, agg, fact: JSON.stringify(fact), at: now, ...sealed });
}

const unsaid = statement((db, { unsaidFacts }: HubTables) =>
  db
    .select()
    .from(unsaidFacts)
    .where(eq(unsaidFacts.station, value('station')))
    .orderBy(asc(unsaidFacts.id)),
);

/** The station's program has been upgraded: says what was kept for it, in the order of its making. */
export async function sayUnsaid(tx: HubTx, station: string, now: EpochMs): Promise<void> {
  const { unsaidFacts } = tx.t;
  for (const row of await unsaid(tx, { station })) {
    const type = row.type as EventType;
    if (!(await speaks(tx, station, type))) return;
    const { id, agg, person: sealed, personHash: hash } = row;
    const said = { peer: station, type, agg, fact: JSON.parse(row.fact) };
    await emit(tx, sealed && hash !== null ? { ...said, person: { sealed, hash } } : said, now);
    await tx.db.delete(unsaidFacts).where(eq(unsaidFacts.id, id));
  }
}
