import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';
import { withState } from './board-shown.ts';
import { changeBoarding } from './change-boarding.ts';

export const undo: CounterCommand = {
  name: 'boarding.undo',
  zh: '撤销上一张',
  en: 'Undo the last',
  initials: 'cxsyz',
  key: 'Del',
  can: ({ boarding }) => (boarding.lastTicket && !boarding.busy ? true : 'why.nothing-to-undo'),
  commits: true,
  run: async (desk) => {
    const { lastTicket } = desk.state().boarding;
    if (!lastTicket) return;
    changeBoarding(desk, { busy: true });
    const answer = await desk.api.unboard(lastTicket, newKey());
    if (!answer.ok) return changeBoarding(desk, { busy: false, verdict: { kind: 'no', problem: answer.problem } });
    changeBoarding(desk, {
      busy: false,
      lastTicket: null,
      verdict: { kind: 'undone', boarded: answer.value },
      manifest: withState(desk, lastTicket, 'sold'),
    });
  },
};
