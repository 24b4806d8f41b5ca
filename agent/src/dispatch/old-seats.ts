import {
  allLegs,
  intersection,
  type LegMask,
  legMask,
  legsBetween,
  NO_LEGS,
  union,
  without,
} from '@lianpiao/shared/domain/legs';
import type { OldSeat, SeatUse } from '@lianpiao/shared/domain/make-epoch-map';
import { holdsSeat, type TicketState } from '@lianpiao/shared/domain/ticket';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/** What the station knows of the seats and children's places of its trip, for a new plan: its own rows, and tickets of every home that it has heard of. */
export async function oldSeatsOf(
  tx: AgentTx,
  trip: KnownTrip,
  stays: boolean,
  stops?: readonly number[],
): Promise<OldSeat[]> {
  const { tickets, holds } = tx.t;
  const { tripId } = trip;
  const sold = (
    await tx.db
      .select()
      .from(tickets)
      .where(and(eq(tickets.tripId, tripId), eq(tickets.epoch, trip.epoch)))
  ).filter(({ state }) => holdsSeat(state as TicketState));
  const held = (
    await tx.db
      .select()
      .from(holds)
      .where(and(eq(holds.tripId, tripId), eq(holds.state, 'held')))
  ).flatMap(({ fromStop, toStop, seats }) =>
    (JSON.parse(seats) as string[]).map((seat) => ({ seat, legs: legsBetween(fromStop, toStop) })),
  );
  const every = allLegs(trip.stops.length);
  const rows = [...(await seatsOfTrip(tx, tripId)), ...(await placesOfTrip(tx, tripId))];
  return rows.map(({ seat, mine, blocked }): OldSeat => {
    const here = <Row extends { readonly seat: string; readonly legs: number }>(rows: readonly Row[]) =>
      rows.filter((row) => row.seat === seat).map((row) => legMask(row.legs));
    const uses: SeatUse[] = here(sold).map((legs) => ({ use: 'sold', legs }));
    uses.push(...here(held).map((legs): SeatUse => ({ use: 'held', legs })));
    if (blocked !== NO_LEGS) uses.push({ use: 'held', legs: blocked });
    const used = uses.reduce<LegMask>((all, { legs }) => union(all, legs), NO_LEGS);
    const rest = without(every, used);
    for (const [use, legs] of [
      ['away', without(rest, mine)],
      ['free', intersection(rest, mine)],
    ] as const)
      if (legs !== NO_LEGS) uses.push({ use, legs });
    return { trip: tripId, seat, stays, uses, stops };
  });
}
