import { invariant } from '../../domain/invariant.ts';
import { legMask } from '../../domain/legs.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { freedToFree, soldToFree, soldToFreed } from './seat-rows.ts';

type SoldSeat = { readonly tripId: string; readonly seat: string; readonly legs: number };

/** The ticket ended where it would have boarded: the seat is free at once. */
export async function freeSeat(tx: Tx<SharedTables>, { tripId, seat, legs }: SoldSeat): Promise<void> {
  const changed = await soldToFree(tx, { tripId, seat, legs: legMask(legs) });
  invariant(changed === 1, 'a live ticket has its seat', { tripId, seat });
}

/** The ticket boards at another party's gate: the seat stays claimed until that gate has acknowledged. */
export async function freeSeatElsewhere(tx: Tx<SharedTables>, { tripId, seat, legs }: SoldSeat): Promise<void> {
  const changed = await soldToFreed(tx, { tripId, seat, legs: legMask(legs) });
  invariant(changed === 1, 'a live ticket has its seat', { tripId, seat });
}

/** The other gate has acknowledged. */
export async function acknowledgeFreed(tx: Tx<SharedTables>, { tripId, seat, legs }: SoldSeat): Promise<void> {
  const changed = await freedToFree(tx, { tripId, seat, legs: legMask(legs) });
  invariant(changed === 1, 'an acknowledged seat was freed', { tripId, seat });
}
