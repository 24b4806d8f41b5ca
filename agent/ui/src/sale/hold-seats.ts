import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import type { Desk } from '../desk.ts';
import { newKey } from '../new-key.ts';
import type { Line } from './passenger-lines.ts';

/** Asks for seats of a trip, of the clerk's choice or the agent's. Seats that come after the clerk has left are given back. */
export async function holdSeats(
  desk: Desk,
  offer: Offer,
  count: number,
  seats: readonly string[] | null,
  keep: readonly Line[],
): Promise<boolean> {
  desk.sale({ is: 'holdAsked' });
  const { ask } = desk.state().sale;
  const input = {
    tripId: offer.tripId,
    from: offer.from,
    to: offer.to,
    count,
    ...(seats ? { seats: [...seats] } : {}),
  };
  const answer = await desk.api.hold(input, newKey());
  const left = desk.state().sale.ask !== ask || !desk.state().sale.holding;
  if (!answer.ok) {
    if (!left) desk.sale({ is: 'holdRefused' });
    if (!left) desk.fail(answer.problem);
    return false;
  }
  if (left) {
    await desk.api.release(answer.value.holdId);
    return false;
  }
  desk.sale({ is: 'held', held: answer.value, offer, keep });
  return true;
}

/** Changes the seats of this order: gives the old ones back first, because one's own hold blocks them too. If the new ones are gone meanwhile, the old ones are asked for again. */
export async function changeSeats(
  desk: Desk,
  seats: readonly string[] | null,
  count: number,
  keep: readonly Line[],
): Promise<void> {
  const { offer, held, lines } = desk.state().sale;
  if (!offer || !held) return;
  await desk.api.release(held.holdId);
  if (await holdSeats(desk, offer, count, seats, keep)) return;
  const { problem } = desk.state();
  if (!(await holdSeats(desk, offer, held.seats.length, held.seats, lines)))
    desk.sale({ is: 'cleared', date: desk.today() });
  desk.change({ problem });
}
