import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import { and, eq, sql } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';

/**
 * Notes number ranges that a station has and the hub does not know of: it leased them in the part of its database that is
 * lost. So nothing below them is leased again.
 */
export async function knowRanges(tx: HubTx, { st: station, numbers = [] }: Hello, now: EpochMs): Promise<void> {
  const { numberLeases } = tx.t;
  for (const { terminal, end } of numbers) {
    const [known] = await tx.db
      .select({ end: sql<number>`coalesce(max(${numberLeases.first} + ${numberLeases.count}), 0)` })
      .from(numberLeases)
      .where(and(eq(numberLeases.station, station), eq(numberLeases.terminal, terminal)));
    if (end <= Number(known!.end)) continue;
    const range = { station, terminal, first: end - RANGE_COUNT, count: RANGE_COUNT };
    await tx.db
      .insert(numberLeases)
      .values({ ...range, used: 0, leasedAt: now })
      .onConflictDoNothing();
  }
}
