import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody, EventType } from '@lianpiao/shared/protocol/events';
import { statement, value } from '@lianpiao/shared/store/statement';
import { emit } from '@lianpiao/shared/store/streams';
import { asc, eq } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { mayHear } from './say-when-known.ts';
import { tellEnd } from './told-ends.ts';

const kept = statement((db, { unsaidFacts }: HubTables) =>
  db
    .select()
    .from(unsaidFacts)
    .where(eq(unsaidFacts.station, value('station')))
    .orderBy(asc(unsaidFacts.id)),
);

/** A station was upgraded, or the restored hub has heard it: says what was kept for it, in the order of its making. */
export async function sayUnsaid(tx: HubTx, station: string, now: EpochMs): Promise<void> {
  const { unsaidFacts } = tx.t;
  for (const row of await kept(tx, { station })) {
    const type = row.type as EventType;
    if (!(await mayHear(tx, station, type))) continue;
    const { id, agg, person: sealed, personHash: hash } = row;
    const said = { peer: station, type, agg, fact: JSON.parse(row.fact) };
    if (type === 'hub-ticket.freed') await tellEnd(tx, station, said.fact as EventBody<'hub-ticket.freed'>, now);
    else await emit(tx, sealed && hash !== null ? { ...said, person: { sealed, hash } } : said, now);
    await tx.db.delete(unsaidFacts).where(eq(unsaidFacts.id, id));
  }
}
