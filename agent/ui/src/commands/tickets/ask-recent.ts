import type { Desk } from '../../desk.ts';
import { isLive } from '../../tickets/ticket-pick.ts';
import { changePick } from './pick-slice.ts';

/** Fetches the last tickets of this clerk, the newest first, with the cursor on the newest that still lives: the one that went wrong is nearly always that one. */
export async function askRecent(desk: Desk, name: 'voiding' | 'reprint'): Promise<void> {
  const answer = await desk.api.recentTickets();
  if (answer.ok) changePick(desk, name, { recent: answer.value, cursor: Math.max(0, answer.value.findIndex(isLive)) });
  else desk.fail(answer.problem);
}
