import type { Desk } from '../../desk.ts';
import { changePick } from './pick-slice.ts';

/** Fetches the last tickets of this clerk, the newest first: the one that went wrong is nearly always among them. */
export async function askRecent(desk: Desk, name: 'voiding' | 'reprint'): Promise<void> {
  const answer = await desk.api.recentTickets();
  if (answer.ok) changePick(desk, name, { recent: answer.value });
  else desk.fail(answer.problem);
}
