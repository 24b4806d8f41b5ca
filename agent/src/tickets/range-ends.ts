import { statement } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import { sql } from 'drizzle-orm';
import type { AgentTables } from '../store/tables.ts';

const ends = statement((db, { numberRanges: ranges }: AgentTables) =>
  db
    .select({ terminal: ranges.terminal, end: sql<number>`max(${ranges.last}) + 1`.as('end') })
    .from(ranges)
    .groupBy(ranges.terminal),
);

/** Where the number ranges of each terminal end, for a hub that may have forgotten that it leased them. */
export function rangeEnds(on: Reader<AgentTables>): Promise<{ terminal: string; end: number }[]> {
  return ends(on, {});
}
