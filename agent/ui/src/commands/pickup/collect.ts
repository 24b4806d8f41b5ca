import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';
import { changePickup } from './change-pickup.ts';

export const collect: CounterCommand = {
  name: 'pickup.collect',
  zh: '取票打印',
  en: 'Collect and print',
  initials: 'qpdy',
  key: '+',
  can: ({ pickup }) =>
    pickup.chosen.length > 0 && pickup.found && !pickup.busy && !pickup.done ? true : 'why.nothing-chosen',
  now: ({ pickup }) => ({ key: 'key.collect', gaps: { n: pickup.chosen.length } }),
  commits: true,
  run: async (desk) => {
    const { proof, chosen, key } = desk.state().pickup;
    if (!proof) return;
    changePickup(desk, { busy: true });
    const answer = await desk.api.collect(proof, [...chosen], key);
    if (answer.ok) return changePickup(desk, { busy: false, done: answer.value, key: newKey() });
    changePickup(desk, { busy: false, key: answer.problem.status === 0 ? key : newKey() });
    desk.fail(answer.problem);
  },
};
