import { covers, legsBetween, meets } from '@lianpiao/shared/domain/legs';
import { isFree, type SeatState } from '@lianpiao/shared/domain/seats';
import type { SeatView } from '@lianpiao/shared/protocol/ticketing';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { Agent } from '../agent.ts';

/** The seats of a trip as the seat map shows them for one ride: `part` is free on a part of it only. */
export async function seatViews(
  agent: Pick<Agent, 'store'>,
  tripId: string,
  from: number,
  to: number,
): Promise<SeatView[]> {
  const legs = legsBetween(from, to);
  return (await seatsOfTrip(agent.store.read, tripId)).map((state) => ({
    seat: state.seat,
    state: viewOf(state, legs),
  }));
}

function viewOf(state: SeatState, legs: ReturnType<typeof legsBetween>): SeatView['state'] {
  if (isFree(state, legs)) return 'free';
  if (!covers(state.mine, legs)) return meets(state.mine, legs) ? 'part' : 'elsewhere';
  if (meets(state.sold, legs)) return covers(state.sold, legs) ? 'sold' : 'part';
  if (meets(state.held, legs)) return 'held';
  return meets(state.freed, legs) ? 'freed' : 'blocked';
}
