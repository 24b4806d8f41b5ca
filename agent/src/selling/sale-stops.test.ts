import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentDesk } from '../agent-desk.ts';
import { boardTicket } from '../boarding/board-ticket.ts';
import { holdSeats } from '../seats/hold-seats.ts';
import { openAgentStore } from '../store/open-agent-store.ts';
import { hubRequests } from '../sync/hub-requests.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { rebookTicket } from '../tickets/rebook-ticket.ts';
import { sell } from '../tickets/sell.ts';
import { importTrips } from '../trips/import-trips.ts';
import { serveStandingOrders } from '../trips/serve-standing-orders.ts';
import { resumeSelling } from './resume-selling.ts';
import { saleStop, stopSelling } from './sale-stops.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

const trip = aTrip();
const ride = { tripId: trip.tripId, from: 0, to: 2 };
/** Boarding of the trip is open. */
const GATE = NOON + 5.75 * 3600_000;
const no = { ok: false, refusal: { code: 'station.may-not-sell', why: 'link.other-machine', since: NOON } };
const stop = () =>
  agent.store.transaction((tx) =>
    stopSelling(tx, { cause: 'fence', code: 'link.other-machine', detail: '', since: NOON }),
  );

describe('a station that may not sell', () => {
  it('neither holds, sells, rebooks nor grants, says why, and still boards', async () => {
    const sold = await aSale(agent, { trip });
    const held = await holdSeats(agent, call(), { ...ride, count: 1 }, NOON);
    if (!held.ok) throw new Error(held.refusal.code);
    const { ticketNo } = sold.tickets[0]!;
    await stop();
    expect(await holdSeats(agent, call(), { ...ride, count: 1 }, NOON)).toEqual(no);
    const sale = { holdId: held.value.holdId, passengers: [], payMethod: 'cash', insuranceFenEach: 0, print: false };
    expect(await sell(agent, call(), sale as never, NOON)).toEqual(no);
    expect(await rebookTicket(agent, call(), { ...ride, ticketNo }, NOON)).toEqual(no);
    const requests = hubRequests({ agent, clock: { now: () => NOON } } as unknown as AgentDesk);
    expect(await requests['seat.request']!({ ...ride, count: 2 }, 'wish-1')).toEqual(no);
    expect(await boardTicket(agent, call(), { ticketNo, tripId: trip.tripId }, GATE)).toMatchObject({
      ok: true,
    });
  });

  it('serves standing orders later', async () => {
    await agent.store.transaction((tx) => tx.db.insert(tx.t.allotments).values({ line: '*', seats: 4, lowWater: 1 }));
    await stop();
    await importTrips(agent, [trip], NOON);
    await serveStandingOrders(agent, NOON);
    expect(await eventsOf(agent, 'seat.granted')).toEqual([]);
    await agent.store.transaction((tx) => resumeSelling(tx, 'fence'));
    await serveStandingOrders(agent, NOON);
    expect(await eventsOf(agent, 'seat.granted')).toHaveLength(4);
  });

  it('knows it after a restart, and sells again only when no cause is left', async () => {
    await stop();
    await agent.store.transaction((tx) =>
      stopSelling(tx, { cause: 'continuity', code: 'station.marker-missing', detail: '', since: NOON + 1 }),
    );
    const again = await openAgentStore(`${agent.folder}/agent.sqlite`);
    expect(await saleStop(again.read)).toMatchObject({ cause: 'fence', code: 'link.other-machine', since: NOON });
    await again.transaction((tx) => resumeSelling(tx, 'fence'));
    expect(await saleStop(again.read)).toMatchObject({ cause: 'continuity' });
    await again.transaction((tx) => resumeSelling(tx, 'continuity'));
    expect(await saleStop(again.read)).toBeNull();
    await again.close();
  });
});
