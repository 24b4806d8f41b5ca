import type { Pickup } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';

export function changePickup(desk: Desk, patch: Partial<Pickup>): void {
  desk.change({ pickup: { ...desk.state().pickup, ...patch } });
}
