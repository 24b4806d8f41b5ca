import type { Desk } from '../desk.ts';

/** Clears the sale and gives its seats back. The document that waits for the next customer stays. */
export async function leaveSale(desk: Desk): Promise<void> {
  const { held } = desk.state().sale;
  desk.sale({ is: 'cleared', date: desk.today() });
  desk.change({ escAt: 0, boardMoved: false });
  if (held) await desk.api.release(held.holdId);
}
