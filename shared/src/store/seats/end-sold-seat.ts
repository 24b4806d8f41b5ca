import { invariant } from '../../domain/invariant.ts';
import { placesNow } from '../epochs/seat-now.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { freedToFree, soldToFree, soldToFreed } from './seat-rows.ts';

/** A ticket's seat in the plan that its row is in: the one in force, or the last that had the seat. */
type SoldSeat = { readonly tripId: string; readonly epoch: number; readonly seat: string; readonly legs: number };

/** The ticket ended where it would have boarded: what there is of its seat is free at once. */
export async function freeSeat(tx: Tx<SharedTables>, sold: SoldSeat): Promise<void> {
  for (const place of await placesNow(tx, sold)) {
    const changed = await soldToFree(tx, place);
    invariant(changed === 1, 'a live ticket has its seat', place);
  }
}

/** The ticket boards at another party's gate: the seat stays claimed until that gate has acknowledged. */
export async function freeSeatElsewhere(tx: Tx<SharedTables>, sold: SoldSeat): Promise<void> {
  for (const place of await placesNow(tx, sold)) {
    const changed = await soldToFreed(tx, place);
    invariant(changed === 1, 'a live ticket has its seat', place);
  }
}

/** The other gate has acknowledged. */
export async function acknowledgeFreed(tx: Tx<SharedTables>, sold: SoldSeat): Promise<void> {
  for (const place of await placesNow(tx, sold)) {
    const changed = await freedToFree(tx, place);
    invariant(changed === 1, 'an acknowledged seat was freed', place);
  }
}
