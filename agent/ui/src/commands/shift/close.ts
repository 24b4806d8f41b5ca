import { yuan } from '@lianpiao/shared/ui/format';
import { newKey } from '../../new-key.ts';
import { countedFen } from '../../shift/count-cash.ts';
import type { CounterCommand } from '../command.ts';
import { changeShift } from './change-shift.ts';

/** The count comes first and is sent blind: what should be there is said only afterwards. */
export const closeShift: CounterCommand = {
  name: 'shift.close',
  zh: '交班缴款',
  en: 'Close the shift',
  initials: 'jbjk',
  key: '+',
  can: ({ shift }) =>
    shift.counts.some((count) => count !== '') && !shift.busy && !shift.closed ? true : 'why.count-first',
  now: ({ shift }) => ({ key: 'key.close-shift', gaps: { amount: yuan(countedFen(shift.counts)) } }),
  commits: true,
  run: async (desk) => {
    const { counts, key } = desk.state().shift;
    changeShift(desk, { busy: true });
    const answer = await desk.api.closeShift(countedFen(counts), key);
    if (answer.ok) return changeShift(desk, { busy: false, closed: answer.value });
    changeShift(desk, { busy: false, key: answer.problem.status === 0 ? key : newKey() });
    desk.fail(answer.problem);
  },
};
