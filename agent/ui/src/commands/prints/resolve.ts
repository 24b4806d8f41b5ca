import type { Counter } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';
import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';

const unknownUnderCursor = (state: Counter) =>
  state.jobs?.[state.jobCursor]?.state === 'unknown' ? true : 'why.job-known';

async function resolve(desk: Desk, outcome: 'printed' | 'void-and-reprint'): Promise<void> {
  const { jobs, jobCursor } = desk.state();
  const job = jobs?.[jobCursor];
  if (!job) return;
  const answer = await desk.api.resolvePrint(job.id, outcome, newKey());
  if (!answer.ok) return desk.fail(answer.problem);
  const fresh = await desk.api.printJobs();
  if (fresh.ok) desk.change({ jobs: fresh.value });
}

/** A person looked into the tray: only then is an unknown print settled. */
export const wasPrinted: CounterCommand = {
  name: 'prints.was-printed',
  zh: '票已出，完整',
  en: 'Printed and complete',
  initials: 'pycwz',
  key: '1',
  can: unknownUnderCursor,
  commits: true,
  run: (desk) => resolve(desk, 'printed'),
};

export const voidAndReprint: CounterCommand = {
  name: 'prints.void-and-reprint',
  zh: '没出或残缺，作废重打',
  en: 'Missing or damaged: void and reprint',
  initials: 'zfcd',
  key: '2',
  can: unknownUnderCursor,
  commits: true,
  run: (desk) => resolve(desk, 'void-and-reprint'),
};
