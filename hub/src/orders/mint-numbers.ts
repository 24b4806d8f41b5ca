import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type Channel, RANGE_COUNT, rangeOf, ticketNoOf } from '@lianpiao/shared/domain/ticket-number';
import { givenRow, statement, value } from '@lianpiao/shared/store/statement';
import { and, asc, eq, sql } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import { numbersFloor } from '../stations/numbers-floor.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

const ofTerminal = ({ numberLeases }: HubTables) =>
  and(eq(numberLeases.station, HUB_STATION), eq(numberLeases.terminal, value('terminal')));

const openLease = statement((db, t: HubTables) => {
  const { first, used, count } = t.numberLeases;
  return db
    .select({ first, used, count })
    .from(t.numberLeases)
    .where(and(ofTerminal(t), sql`${used} < ${count}`))
    .orderBy(asc(first))
    .limit(1);
});

const lastLease = statement((db, t: HubTables) => {
  const { first, count } = t.numberLeases;
  const end = sql<number>`coalesce(max(${first} + ${count}), 0)`.as('end');
  return db.select({ end }).from(t.numberLeases).where(ofTerminal(t));
});

const open = statement((db, { numberLeases }: HubTables) => db.insert(numberLeases).values(givenRow(numberLeases)));

const use = statement((db, t: HubTables) =>
  db
    .update(t.numberLeases)
    .set({ used: value('used') as never })
    .where(and(ofTerminal(t), eq(t.numberLeases.first, value('first')))),
);

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
  const mine = { terminal: `${channel}-${terminal}` };
  const numbers: string[] = [];
  while (numbers.length < count) {
    const [lease] = await openLease(tx, mine);
    if (!lease) {
      const [last] = await lastLease(tx, mine);
      const { first } = rangeOf(terminal, Math.max(last!.end, await numbersFloor(tx)) / RANGE_COUNT);
      await open(tx, { ...mine, station: HUB_STATION, first, count: RANGE_COUNT, used: 0, leasedAt: now });
      continue;
    }
    const take = Math.min(count - numbers.length, lease.count - lease.used);
    await use(tx, { ...mine, first: lease.first, used: lease.used + take });
    for (let used = lease.used; used < lease.used + take; used += 1) {
      numbers.push(ticketNoOf({ station: HUB_STATION, channel, terminal, serial: lease.first + used }));
    }
  }
  return numbers;
}
