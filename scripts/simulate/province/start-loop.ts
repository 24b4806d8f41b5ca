import { startJob } from '@lianpiao/shared/job-loop';
import { theTime } from '../world/virtual-time.ts';

/** A job of the product. In a lull it works at one turn in so many: what it looks for does not go away. */
export const startLoop: typeof startJob = (name, everyMs, job, log) => {
  let turn = 0;
  const now = async () => {
    const isDue = turn % theTime().jobStretch === 0;
    turn += 1;
    return isDue ? job() : undefined;
  };
  return startJob(name, everyMs, now, log);
};
