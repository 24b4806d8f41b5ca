import type { Agent } from '@lianpiao/agent/agent';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { freshAgent, call as stationCall } from '@lianpiao/agent/testing/fresh-agent';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { projections } from '@lianpiao/hub/inventory/projections';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { holdSeats } from '@lianpiao/hub/orders/hold-seats';
import { freshHub, call as hubCall, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { allLegs, meets, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import { planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig } from './link-rig.ts';

const trip = aTrip({ seatCount: 6 });
const { tripId } = trip;
const EVERY = allLegs(trip.stops.length);
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

it('brings a new seat plan to the hub over the broker, with grants crossing it in the other direction, and every leg keeps one owner', async () => {
  const rig = await LinkRig.open();
  const [agentParts, hubParts] = [await freshAgent(HANGZHOU), await freshHub()];
  try {
    const { store: hubStore } = await rig.hub({ facts: () => projections(hubParts) });
    const hub = { ...hubParts, store: hubStore };
    const station = await rig.station(HANGZHOU, { facts: (store) => hubFacts({ ...agentParts, store }) });
    const agent: Agent = { ...agentParts, store: station.store };
    await soon(() => expect(station.link.state()).toMatchObject({ online: true, stopped: null }));

    await importTrips(agent, [trip], NOON);
    expect(await giveSeats(agent, stationCall(), { tripId, from: 0, to: 2, count: 4 }, NOON)).toMatchObject({
      ok: true,
    });
    const hubSeats = () => seatsOfTrip(hubStore.read, tripId);
    await soon(async () =>
      expect([(await hubSeats()).length, await findTrip(hubStore.read, tripId)]).toMatchObject([4, {}]),
    );
    const held = await holdSeats(hub, hubCall(), { tripId, from: 0, to: 2, count: 1 }, NOON);
    expect(held).toMatchObject({ ok: true });

    // The hub gives seats of the old plan back while two plans are on their way to it.
    const recalling = hubCall({ ...WEB, id: HANGZHOU, channel: 'counter' });
    await Promise.all([
      substituteVehicle(agent, stationCall(), { tripId, seats: ['1A', '03', '1B', '04', '1C', '1D'] }, NOON),
      recallSeats(hub, recalling, { tripId, from: 0, to: 1, count: 3 }, NOON),
      substituteVehicle(agent, stationCall(), { tripId, seats: ['2A', '2B', '03', '2C', '2D'] }, NOON),
    ]);
    await soon(async () => {
      expect((await planOf(hubStore.read, tripId))?.epoch).toBe(3);
      const [theirs, ours] = [await hubSeats(), await seatsOfTrip(agent.store.read, tripId)];
      for (const { seat, mine } of ours) {
        const other = theirs.find((each) => each.seat === seat)?.mine ?? NO_LEGS;
        expect([seat, meets(mine, other), union(mine, other)]).toEqual([seat, false, EVERY]);
      }
      expect(ours.map(({ seat }) => seat)).toEqual(['2A', '2B', '03', '2C', '2D']);
    });
    const [hold] = await hubStore.read.db.select().from(hubStore.read.t.holds);
    const [seat] = JSON.parse(hold!.seats) as string[];
    expect((await hubSeats()).find((each) => each.seat === seat)).toMatchObject({ held: EVERY });
  } finally {
    await rig.close();
    await Promise.all([agentParts.end(), hubParts.end()]);
  }
}, 60_000);
