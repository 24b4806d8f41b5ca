import { freshCounter } from '../../counter-state.ts';
import type { CounterCommand } from '../command.ts';
import { backToSale } from '../open-screen.ts';

/** Before the close back to the sale; after it the counter is free for the next clerk. */
export const leaveShift: CounterCommand = {
  name: 'shift.leave',
  zh: '继续当班',
  en: 'Stay on duty',
  initials: 'jxdb',
  key: 'Esc',
  now: ({ shift }) => ({ key: shift.closed ? 'key.sign-out' : 'key.stay-on-duty' }),
  run: async (desk) => {
    const { shift, signIn, link, now } = desk.state();
    if (!shift.closed) return backToSale(desk);
    await desk.api.signOut();
    desk.change({ ...freshCounter(desk.today(), signIn.counter, now), session: null, link });
  },
};
