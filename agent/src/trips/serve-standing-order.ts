import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { type AllotmentRule, allotmentOf, givenFrom, shareOf } from '@lianpiao/shared/domain/allotment';
import { allLegs } from '@lianpiao/shared/domain/legs';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { grantSeats } from '@lianpiao/shared/store/seats/grant-seats';
import { transfersNow } from '@lianpiao/shared/store/seats/transfers-now';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { SEATS_KEPT } from './standing-orders.ts';

/**
 * 票源: gives the hub, over the whole trip, what the standing order that names the trip says and has not been served yet, once
 * its time has come. A seat that the hub has had counts as served also after it came back, so that seats that the station
 * recalled, or nobody wanted, are not given again by themselves. The station may sell (`whyNotSell`).
 */
export async function serveStandingOrder(
  agent: Agent,
  tx: AgentTx,
  trip: Trip,
  orders: readonly AllotmentRule[],
  now: EpochMs,
): Promise<void> {
  const order = allotmentOf(orders, trip);
  const from = order ? givenFrom(order, trip) : now;
  const wanted = order && from <= now ? shareOf(order, trip) : 0;
  const served = await servedOf(tx, trip.tripId);
  const count = wanted - Math.max(served, await everGiven(tx, trip.tripId));
  if (count > 0) {
    const legs = allLegs(trip.stops.length);
    await grantSeats(tx, { trip, legs, count, keep: SEATS_KEPT, peer: HUB, newId: agent.newId }, now);
  }
  const { tripId, epoch } = trip;
  const row = {
    tripId,
    epoch,
    orders: ordersId(orders),
    seats: Math.max(served, wanted),
    dueAt: from > now ? from : null,
  };
  const { servedOrders } = tx.t;
  await tx.db.insert(servedOrders).values(row).onConflictDoUpdate({ target: servedOrders.tripId, set: row });
}

/** Names standing orders: two lists with one name are the same. */
export function ordersId(orders: readonly AllotmentRule[]): string {
  return sm3Hex(JSON.stringify(orders));
}

async function servedOf({ db, t }: AgentTx, tripId: string): Promise<number> {
  const [row] = await db.select().from(t.servedOrders).where(eq(t.servedOrders.tripId, tripId));
  return row?.seats ?? 0;
}

/** Seats of the plan in force that were given away, on whatever legs. */
async function everGiven(tx: AgentTx, tripId: string): Promise<number> {
  const given = (await transfersNow(tx, tripId)).filter(({ direction }) => direction === 'given');
  return new Set(given.flatMap(({ seat }) => (isPseudoSeat(seat) ? [] : [seat]))).size;
}
