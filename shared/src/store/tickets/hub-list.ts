import { and, asc, eq, sql } from 'drizzle-orm';
import { sm3Hex } from '../../crypto/sm3.ts';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

const HUB = 'hub';

const living = statement((db, t: SharedTables) =>
  db
    .select({ ticketNo: t.tickets.ticketNo, seat: t.tickets.seat, legs: t.tickets.legs })
    .from(t.tickets)
    .where(
      and(
        eq(t.tickets.tripId, value('tripId')),
        eq(t.tickets.fromStop, value('stop')),
        eq(t.tickets.home, HUB),
        sql`${t.tickets.state} not in ('refunded', 'voided', 'rebooked')`,
      ),
    )
    .orderBy(asc(t.tickets.ticketNo)),
);

/**
 * Tickets of the hub that board at a stop and that nobody has ended, as a number and a digest. Hub and station work it out
 * from their own rows: equal digests mean that the gate knows exactly the passengers that the hub has sold to.
 */
export async function hubListOf(
  on: Reader<SharedTables>,
  tripId: string,
  stop: number,
): Promise<{ readonly tickets: number; readonly digest: string }> {
  const rows = await living(on, { tripId, stop });
  const digest = sm3Hex(JSON.stringify(rows.map(({ ticketNo, seat, legs }) => [ticketNo, seat, legs])));
  return { tickets: rows.length, digest };
}
