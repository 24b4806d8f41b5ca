import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type Channel, RANGE_COUNT, rangeOf, ticketNoOf } from '@lianpiao/shared/domain/ticket-number';
import { and, asc, eq, sql } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import { numbersFloor } from '../stations/numbers-floor.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * The next numbers of the hub's own tickets, from ranges that it leases to its channels' terminals as it leases them to
 * stations. They are minted in the transaction of the sale, so that all processes of one hub share a range.
 */
export async function mintNumbers(
  tx: HubTx,
  channel: Channel,
  terminal: string,
  count: number,
  now: EpochMs,
): Promise<string[]> {
  const { numberLeases } = tx.t;
  const mine = and(eq(numberLeases.station, HUB_STATION), eq(numberLeases.terminal, `${channel}-${terminal}`));
  const open = and(mine, sql`${numberLeases.used} < ${numberLeases.count}`);
  const numbers: string[] = [];
  while (numbers.length < count) {
    const [lease] = await tx.db.select().from(numberLeases).where(open).orderBy(asc(numberLeases.first)).limit(1);
    if (!lease) {
      const [last] = await tx.db
        .select({ end: sql<number>`coalesce(max(${numberLeases.first} + ${numberLeases.count}), 0)` })
        .from(numberLeases)
        .where(mine);
      const { first } = rangeOf(terminal, Math.max(Number(last!.end), await numbersFloor(tx)) / RANGE_COUNT);
      const row = { station: HUB_STATION, terminal: `${channel}-${terminal}`, first, count: RANGE_COUNT };
      await tx.db.insert(numberLeases).values({ ...row, used: 0, leasedAt: now });
      continue;
    }
    const take = Math.min(count - numbers.length, lease.count - lease.used);
    const same = and(mine, eq(numberLeases.first, lease.first));
    await tx.db
      .update(numberLeases)
      .set({ used: lease.used + take })
      .where(same);
    for (let used = lease.used; used < lease.used + take; used += 1) {
      numbers.push(ticketNoOf({ station: HUB_STATION, channel, terminal, serial: lease.first + used }));
    }
  }
  return numbers;
}
