import type { Reader } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { and, count, eq } from 'drizzle-orm';

/** How many passengers of a boarding stop are on the coach, of how many that hold a living ticket. */
export async function boardingCounts(
  on: Reader<SharedTables>,
  tripId: string,
  stop: number,
): Promise<{ boardedCount: number; soldCount: number }> {
  const { tickets } = on.t;
  const rows = await on.db
    .select({ state: tickets.state, tickets: count() })
    .from(tickets)
    .where(and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop)))
    .groupBy(tickets.state);
  const of = (...states: string[]) =>
    rows.reduce((sum, row) => (states.includes(row.state) ? sum + row.tickets : sum), 0);
  return { boardedCount: of('boarded', 'departed'), soldCount: of('sold', 'collected', 'boarded', 'departed') };
}
