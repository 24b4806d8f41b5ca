import { type AllotmentRule, allotmentOf, mostOf, ordersByLine } from '@lianpiao/shared/domain/allotment';
import { allLegs } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { statement } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** Free seats of a ride that stay with the station whatever the hub orders or asks for (inventory: the last free seat stays). */
export const SEATS_KEPT = 1;

const byLine = statement((db, t: AgentTables) => db.select().from(t.allotments));

/** The hub's standing orders to this station: the dated rules, then what it was told by line. */
export async function standingOrders(
  { station }: Pick<Agent, 'station'>,
  on: Reader<AgentTables>,
  now: EpochMs,
): Promise<AllotmentRule[]> {
  const { allotments = [] } = await rulesAt(on, now);
  return [...allotments, ...ordersByLine(station.code, await byLine(on, {}))];
}

/** How many seats of a trip the hub may still get, by the rule's `most`: what it has on any leg, or is on its way, counts. */
export async function roomForHub(
  agent: Pick<Agent, 'station'>,
  tx: AgentTx,
  trip: Trip,
  now: EpochMs,
): Promise<number> {
  const order = allotmentOf(await standingOrders(agent, tx, now), trip);
  if (!order?.most) return trip.seats.length;
  const whole = allLegs(trip.stops.length);
  const away = (await seatsOfTrip(tx, trip.tripId)).filter(({ mine }) => mine !== whole).length;
  return Math.max(0, mostOf(order, trip) - away);
}
