import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** What a restored hub has to wait for. */
export function restoreTables({ table, text, int }: ColumnKit) {
  /**
   * Stations that were not heard since the hub was restored. `marked…` are the last sequence numbers that the hub's run marker
   * has of its own lanes to them, null without one; `until…` the heads of their lanes, once they have said hello.
   */
  const restoreWaits = table('restore_waits', {
    station: text('station').primaryKey(),
    since: int('since').notNull(),
    markedSeat: int('marked_seat'),
    markedEv: int('marked_ev'),
    untilSeat: int('until_seat'),
    untilEv: int('until_ev'),
  });

  /**
   * Legs that are in `blocked` of a seat since the hub was restored. why: frozen, until all stations of the trip are heard;
   * uncertain, until a person releases them.
   */
  const withheldSeats = table('withheld_seats', {
    tripId: text('trip_id').notNull(),
    seat: text('seat').notNull(),
    legs: int('legs').notNull(),
    why: text('why').notNull(),
    since: int('since').notNull(),
  });

  /**
   * Days of the payment provider's statement that a hub restored at `since` has to read, from `readAt` on: at once, and those
   * on which somebody may pay on a page of the lost life once more.
   */
  const statementDays = table('statement_days', {
    day: text('day').notNull(),
    readAt: int('read_at').notNull(),
    since: int('since').notNull(),
  });

  return { restoreWaits, withheldSeats, statementDays };
}
