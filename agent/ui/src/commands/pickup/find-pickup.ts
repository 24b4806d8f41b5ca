import type { CounterCommand } from '../command.ts';
import { askPickup, proofOf } from './ask-pickup.ts';

export const findPickup: CounterCommand = {
  name: 'pickup.find',
  zh: '查票',
  en: 'Find tickets',
  initials: 'cp',
  key: 'Enter',
  can: ({ pickup }) => (pickup.typed !== '' && !pickup.busy && pickup.found === null ? true : 'why.pickup-code'),
  run: (desk) => {
    const read = proofOf(desk.state().pickup.typed);
    if ('proof' in read) return askPickup(desk, read.proof);
    const { code, ...facts } = read.refusal;
    desk.fail({ code, facts });
  },
};
