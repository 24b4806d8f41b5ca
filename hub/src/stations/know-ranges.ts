import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { parseTicketNo, RANGE_COUNT, rangeOf } from '@lianpiao/shared/domain/ticket-number';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import { HUB_STATION } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { leasedTo } from './lease-numbers.ts';
import { numbersFloor, raiseNumbersFloor } from './numbers-floor.ts';

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

/** A number of the hub's own came back with its ticket: its range was leased in the part that is lost, and is given up. */
export async function knowOwnNumber(tx: HubTx, ticketNo: string, now: EpochMs): Promise<void> {
  const parsed = parseTicketNo(ticketNo);
  if (!parsed.ok) return;
  const { channel, terminal: process, serial } = parsed.value;
  const { first, count } = rangeOf(process, Math.floor(serial / RANGE_COUNT));
  const range = { station: HUB_STATION, terminal: `${channel}-${process}`, first, count };
  await tx.db
    .insert(tx.t.numberLeases)
    .values({ ...range, used: count, leasedAt: now })
    .onConflictDoNothing();
  if (first + count > (await numbersFloor(tx))) await raiseNumbersFloor(tx, first + count);
}
