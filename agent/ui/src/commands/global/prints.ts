import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const prints: CounterCommand = {
  name: 'prints',
  zh: '待打',
  en: 'Print queue',
  initials: 'dd',
  key: '[',
  run: async (desk) => {
    openScreen(desk, 'prints');
    const answer = await desk.api.printJobs();
    if (answer.ok) desk.change({ jobs: answer.value, jobCursor: 0 });
    else desk.fail(answer.problem);
  },
};
