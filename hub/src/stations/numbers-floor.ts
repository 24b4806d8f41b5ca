import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { eq, sql } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';

const FLOOR = 'numbers.floor';

/** The first serial that may be leased anew: below it a restored hub may have leased what it has forgotten. */
export async function numbersFloor(on: HubReader): Promise<number> {
  return Number((await metaOf(on, FLOOR)) ?? 0);
}

/**
 * Leases begin at `serial` or beyond from here on, rounded up to a whole range. What the hub has left of its own ranges is
 * given up: it may be on tickets that are lost.
 */
export async function raiseNumbersFloor(tx: HubTx, serial: number): Promise<void> {
  const { numberLeases } = tx.t;
  const floor = Math.max(await numbersFloor(tx), Math.ceil(serial / RANGE_COUNT) * RANGE_COUNT);
  await keepMeta(tx, FLOOR, String(floor));
  await tx.db
    .update(numberLeases)
    .set({ used: sql`${numberLeases.count}` })
    .where(eq(numberLeases.station, HUB_STATION));
}
