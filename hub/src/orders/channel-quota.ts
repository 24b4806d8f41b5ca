import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gt, sql } from 'drizzle-orm';
import { standingOrderFor } from '../inventory/standing-order.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type QuotaRefusal = {
  readonly code: 'channel.quota-used';
  readonly tripId: string;
  readonly wanted: number;
  readonly left: number;
};

const held = statement((db, t: HubTables) =>
  db
    .select({ seats: t.holds.seats })
    .from(t.holds)
    .where(
      and(
        eq(t.holds.tripId, value('tripId')),
        eq(t.holds.caller, value('channel')),
        sql`${t.holds.state} = 'held'`,
        gt(t.holds.expiresAt, value('now')),
      ),
    ),
);

const sold = statement((db, t: HubTables) =>
  db
    .select({ seat: t.tickets.seat })
    .from(t.tickets)
    .where(
      and(
        eq(t.tickets.tripId, value('tripId')),
        eq(t.tickets.seller, value('channel')),
        sql`${t.tickets.state} not in ('refunded', 'voided', 'rebooked', 'forfeited')`,
      ),
    ),
);

/**
 * 渠道配额 of one trip as it stands: seats under living tickets and holds of the channel, each counted once however many rides
 * share it. Asked in the transaction that claims, before it does. What the origin sells itself is in no channel's count.
 */
export async function channelQuota(tx: HubTx, trip: KnownTrip, channel: string, now: EpochMs) {
  const { tripId } = trip;
  const quota = (await standingOrderFor(tx, trip, now))?.quotaOf(channel);
  if (quota === undefined) return { why: () => null };
  const used = new Set((await sold(tx, { tripId, channel })).map(({ seat }) => seat));
  for (const { seats } of await held(tx, { tripId, channel, now }))
    for (const seat of JSON.parse(seats) as string[]) used.add(seat);
  const left = Math.max(0, quota - [...used].filter((seat) => !isPseudoSeat(seat)).length);
  return {
    /** Why the channel may not have these seats as well; null is yes. Of seats that are still to be found, each is a new one. */
    why: (seats: readonly (string | undefined)[]): QuotaRefusal | null => {
      const fresh = seats.filter((seat) => seat === undefined || !used.has(seat)).length;
      return fresh > left ? { code: 'channel.quota-used', tripId, wanted: seats.length, left } : null;
    },
  };
}
