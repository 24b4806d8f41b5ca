import type { Boarding } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';

export function changeBoarding(desk: Desk, patch: Partial<Boarding>): void {
  desk.change({ boarding: { ...desk.state().boarding, ...patch } });
}
