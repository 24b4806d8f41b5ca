import { closeBoarding } from '@lianpiao/agent/boarding/close-boarding';
import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { expireHolds } from '@lianpiao/agent/seats/expire-holds';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { call, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import type { AskStation } from '@lianpiao/hub/ask-station';
import { cutOffStops } from '@lianpiao/hub/cut-off/cut-off-stops';
import { introduceGates } from '@lianpiao/hub/gates/introduce-gates';
import { projections } from '@lianpiao/hub/inventory/projections';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { settleDues } from '@lianpiao/hub/orders/settle-dues';
import { enrolled, freshHub, HANGZHOU } from '@lianpiao/hub/testing/fresh-hub';
import { refuse } from '@lianpiao/shared/domain/outcome';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { RequestBody } from '@lianpiao/shared/protocol/requests';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { Lane } from './lane.ts';

export const SHAOXING = '330600001';

/** A trip from Hangzhou at 18:00 by Shaoxing, a station with a gate of its own, and Shangyu, a place without, to Ningbo. */
export function aTripByShaoxing(seatCount: number): Trip {
  const trip = aTrip({ seatCount, stops: ['杭州', '绍兴', '上虞', '宁波'] });
  const stops = trip.stops.map((stop, index) => (index === 1 ? { ...stop, code: SHAOXING, station: SHAOXING } : stop));
  return { ...trip, stops };
}

/**
 * The origin of a trip, the hub, and a boarding point along its line, each with a real store, and the eight lanes between
 * them. Nothing is carried until somebody says so, but for the seats that the origin gives when the hub asks for them. It is three hours before departure.
 */
export async function aBoardingPoint(trip: Trip) {
  const [origin, point] = [await freshAgent(HANGZHOU), await freshAgent(SHAOXING)];
  const ask: AskStation = async (station, kind, body) => {
    if (station !== HANGZHOU || kind !== 'seat.request') return refuse({ code: 'link.offline' });
    const answer = await giveSeats(origin, call(), body as RequestBody<'seat.request'>, clock.now());
    while (await lanes[0]!.carry(false));
    return answer as Awaited<ReturnType<AskStation>> as never;
  };
  const hub = await freshHub(ask);
  await enrolled(hub, SHAOXING);
  await introduceGates(hub, NOON);
  await importTrips(origin, [trip], NOON);
  // As enrolment does: each station hears of the other's ticket key, and so that it has an agent.
  for (const [agent, keyNo, owner] of [
    [origin, 7, SHAOXING],
    [point, 8, HANGZHOU],
  ] as const)
    await agent.store.transaction((tx) =>
      tx.db.insert(tx.t.ticketKeys).values({ keyNo, owner, publicKey: '', revoked: 0 }),
    );
  const shared = (store: unknown) => store as Store<SharedTables>;
  const lanesOf = (agent: typeof origin, code: string) => {
    const up = { from: shared(agent.store), peer: 'hub', to: hub.store, facts: projections(hub), sender: code };
    const down = { from: shared(hub.store), peer: code, to: agent.store, facts: hubFacts(agent), sender: 'hub' };
    const lanes = (['seat', 'ev'] as const).map((lane) => [new Lane({ ...up, lane }), new Lane({ ...down, lane })]);
    return lanes.flat();
  };
  const lanes = [...lanesOf(origin, HANGZHOU), ...lanesOf(point, SHAOXING)];
  const clock = hub.clock;
  clock.at = NOON + 3 * 3_600_000;
  return {
    origin,
    point,
    hub,
    lanes,
    clock,
    carryAll: async () => {
      for (let more = true; more; ) {
        more = false;
        for (const lane of lanes) while (await lane.carry(false)) more = true;
      }
    },
    /** The loops of all three, as their clocks call them. */
    loops: async () => {
      const now = clock.now();
      await expireOrders(hub, now);
      await cutOffStops(hub, now);
      await settleDues(hub, now);
      for (const agent of [origin, point]) {
        await expireHolds(agent, now);
        await closeBoarding(agent, now);
        await passHomes(agent, now);
      }
    },
    end: () => Promise.all([origin.end(), point.end(), hub.end()]),
  };
}

export type BoardingPoint = Awaited<ReturnType<typeof aBoardingPoint>>;
