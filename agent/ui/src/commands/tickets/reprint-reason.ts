import { REPRINT_REASONS } from '../../tickets/reprint-reasons.ts';
import type { CounterCommand } from '../command.ts';
import { changePick } from './pick-slice.ts';

export const reprintReason: CounterCommand = {
  name: 'reprint.reason',
  zh: '换原因',
  en: 'Change reason',
  initials: 'hyy',
  key: ['Left', 'Right'],
  run: (desk, pressed) => {
    const { reason } = desk.state().reprint;
    const step = pressed === 'Left' ? REPRINT_REASONS.length - 1 : 1;
    changePick(desk, 'reprint', { reason: (reason + step) % REPRINT_REASONS.length, done: false });
  },
};
