import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import type { HubTx } from '../store/hub-store.ts';
import { leasedTo } from './lease-numbers.ts';

/**
 * Notes number ranges that a station has and the hub does not know of: it leased them in the part of its database that is
 * lost. So nothing below them is leased again.
 */
export async function knowRanges(tx: HubTx, { st: station, numbers = [] }: Hello, now: EpochMs): Promise<void> {
  const known = await leasedTo(tx, station);
  for (const { terminal, end } of numbers) {
    if (end <= (known.get(terminal)?.end ?? 0)) continue;
    const range = { station, terminal, first: end - RANGE_COUNT, count: RANGE_COUNT };
    await tx.db
      .insert(tx.t.numberLeases)
      .values({ ...range, used: 0, leasedAt: now })
      .onConflictDoNothing();
  }
}
