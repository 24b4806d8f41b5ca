import type { Shift } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';

export function changeShift(desk: Desk, patch: Partial<Shift>): void {
  desk.change({ shift: { ...desk.state().shift, ...patch } });
}
