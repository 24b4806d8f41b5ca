import { type Counter, freshScreens, type Screen } from '../counter-state.ts';
import type { Desk } from '../desk.ts';
import { newKey } from '../new-key.ts';

const SLICES: Partial<Record<Screen, keyof ReturnType<typeof freshScreens>>> = {
  refund: 'refund',
  rebook: 'rebook',
  pickup: 'pickup',
  void: 'voiding',
  reprint: 'reprint',
  boarding: 'boarding',
  shift: 'shift',
};

/** Opens a screen anew, with its own idempotency key. The sale underneath stays as it is. */
export function openScreen(desk: Desk, screen: Screen): void {
  // The last sale's change belongs to the customer who just left, not to what comes now.
  if (desk.state().sale.step === 'done') desk.sale({ is: 'cleared', date: desk.today() });
  const slice = SLICES[screen];
  const fresh = freshScreens(desk.today(), newKey());
  desk.change({
    screen,
    overlay: null,
    problem: null,
    note: null,
    ...(slice ? ({ [slice]: fresh[slice] } as Partial<Counter>) : {}),
  });
}

/** Back to the sale, as it was left. */
export function backToSale(desk: Desk): void {
  desk.change({ screen: 'sale', note: null });
}
