import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventType } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { type Emission, emit } from '@lianpiao/shared/store/streams';
import { asc, eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';

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

/** The station's program has been upgraded: says what was kept for it, in the order of its making. */
export async function sayUnsaid(tx: HubTx, station: string, now: EpochMs): Promise<void> {
  const { unsaidFacts } = tx.t;
  const kept = await tx.db
    .select()
    .from(unsaidFacts)
    .where(eq(unsaidFacts.station, station))
    .orderBy(asc(unsaidFacts.id));
  for (const row of kept) {
    const type = row.type as EventType;
    if (!(await speaks(tx, station, type))) return;
    const { id, agg, person: sealed, personHash: hash } = row;
    const said = { peer: station, type, agg, fact: JSON.parse(row.fact) };
    await emit(tx, sealed && hash !== null ? { ...said, person: { sealed, hash } } : said, now);
    await tx.db.delete(unsaidFacts).where(eq(unsaidFacts.id, id));
  }
}
