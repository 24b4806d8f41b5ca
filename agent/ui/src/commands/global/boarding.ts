import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const boarding: CounterCommand = {
  name: 'boarding',
  zh: '检票',
  en: 'Boarding',
  initials: 'jp',
  key: 'Alt+J',
  run: async (desk) => {
    openScreen(desk, 'boarding');
    const answer = await desk.api.departures();
    if (answer.ok) desk.change({ departures: answer.value });
    else desk.fail(answer.problem);
  },
};
