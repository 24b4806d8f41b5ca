import { sql } from 'drizzle-orm';
import { isPseudoSeat } from '../../domain/pseudo-seats.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

const add = statement((db, t: SharedTables) =>
  db
    .update(t.holds)
    .set({ seats: sql`json_insert(${t.holds.seats}, '$[#]', ${value('seat')})` })
    .where(sql`${t.holds.holdId} = ${value('holdId')} and ${t.holds.state} = 'held'`),
);

/** Puts the places of an order's children, which are claimed, into its hold: they are sold, released and end with the seats. */
export async function holdPlaces(
  tx: Tx<SharedTables>,
  holdId: string,
  riders: readonly { readonly seat: string }[],
): Promise<void> {
  for (const { seat } of riders) if (isPseudoSeat(seat)) await add(tx, { holdId, seat });
}
