import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { Sold } from '@lianpiao/shared/protocol/ticketing';
import type { Caller } from '@lianpiao/shared/store/call';
import { aChild, aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import type { Agent } from '../agent.ts';
import { holdSeats } from '../seats/hold-seats.ts';
import { sell } from '../tickets/sell.ts';
import { importTrips } from '../trips/import-trips.ts';
import { CLERK, call } from './fresh-agent.ts';

/** Sells tickets for cash at counter 001, with the trip imported first. Passengers are synthetic. */
export async function aSale(
  agent: Agent,
  wishes: Partial<{
    readonly trip: Trip;
    readonly count: number;
    readonly from: number;
    readonly to: number;
    readonly now: EpochMs;
    /** Number of the first synthetic passenger. */
    readonly first: number;
    /** Free children who ride along. */
    readonly children: number;
    readonly print: boolean;
    readonly caller: Caller;
  }> = {},
): Promise<Sold> {
  const { trip = aTrip(), count = 1, from = 0, now = NOON, first = 0, print = true, caller = CLERK } = wishes;
  const { to = trip.stops.length - 1, children = 0 } = wishes;
  await importTrips(agent, [trip], now);
  const hold = await holdSeats(agent, call(caller), { tripId: trip.tripId, from, to, count }, now);
  if (!hold.ok) throw new Error(hold.refusal.code);
  const passengers = [
    ...Array.from({ length: count }, (_, index) => ({ ...aPassenger(first + index), fareType: 'full' as const })),
    ...Array.from({ length: children }, (_, index) => aChild(first + index)),
  ];
  const sold = await sell(
    agent,
    call(caller),
    { holdId: hold.value.holdId, passengers, payMethod: 'cash', insuranceFenEach: 0, print },
    now,
  );
  if (!sold.ok) throw new Error(sold.refusal.code);
  return sold.value;
}

export async function eventsOf(agent: Agent, type: string): Promise<{ fact: Record<string, unknown>; lane: string }[]> {
  const { db, t } = agent.store.read;
  const rows = await db.select().from(t.outbox);
  return rows.filter((row) => row.type === type).map(({ fact, lane }) => ({ fact: JSON.parse(fact), lane }));
}
