import type { CounterCommand } from '../command.ts';

export const moveCandidate: CounterCommand = {
  name: 'sale.move-candidate',
  zh: '上下选',
  en: 'Move',
  key: ['Up', 'Down'],
  run: (desk, pressed) => desk.sale({ is: 'candidateMoved', by: pressed === 'Up' ? -1 : 1 }),
};
