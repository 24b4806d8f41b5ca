import type { AllotmentRule } from '@lianpiao/shared/domain/allotment';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { activateRules } from '@lianpiao/shared/store/rules';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { substituteVehicle } from '../dispatch/substitute-vehicle.ts';
import { giveSeats } from '../seats/give-seats.ts';
import { takeGrant } from '../seats/take-grant.ts';
import { eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from './import-trips.ts';
import { serveStandingOrders } from './serve-standing-orders.ts';

const DAY = 24 * 3_600_000;
const rule: AllotmentRule = { station: '*', line: '*', share: { percent: 30 }, lowWater: 2 };
const trip = aTrip({ seatCount: 20 });
const ride = { tripId: trip.tripId, from: 0, to: 2 };
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

const orders = (version: number, ...allotments: AllotmentRule[]) =>
  agent.store.transaction((tx) =>
    activateRules(tx, { ...DEFAULT_RULES, version: `v${version}`, validFrom: NOON - DAY + version, allotments }),
  );
const seatsGiven = async () =>
  (await eventsOf(agent, 'seat.granted'))
    .map(({ fact }) => (fact as { seat: string }).seat)
    .filter((seat) => !seat.startsWith('C'));

describe('a standing order', () => {
  it('is served when a trip is imported, and once for a trip that was there before it', async () => {
    await importTrips(agent, [trip], NOON);
    expect(await serveStandingOrders(agent, NOON)).toBe(0);
    await orders(1, rule);
    expect(await serveStandingOrders(agent, NOON)).toBe(1);
    expect(await seatsGiven()).toHaveLength(6);
    expect(await serveStandingOrders(agent, NOON)).toBe(0);
    await importTrips(agent, [aTrip({ seatCount: 10, tripNo: 'K106' })], NOON);
    expect(await seatsGiven()).toHaveLength(6 + 3);
  });

  it('of a new version gives what is more, and takes nothing back where it is less', async () => {
    await orders(1, rule);
    await importTrips(agent, [trip], NOON);
    await orders(2, { ...rule, share: { seats: 9 } });
    await serveStandingOrders(agent, NOON);
    expect(await seatsGiven()).toHaveLength(9);
    await orders(3, { ...rule, share: { seats: 2 } });
    expect(await serveStandingOrders(agent, NOON)).toBe(1);
    expect(await seatsGiven()).toHaveLength(9);
  });

  it('is served when its time comes, and not before', async () => {
    await orders(1, { ...rule, given: { daysAhead: 0, atMinute: 13 * 60 } });
    await importTrips(agent, [trip], NOON);
    expect(await serveStandingOrders(agent, NOON + 3_599_999)).toBe(0);
    expect(await seatsGiven()).toEqual([]);
    expect(await serveStandingOrders(agent, NOON + 3_600_000)).toBe(1);
    expect(await seatsGiven()).toHaveLength(6);
  });

  it('does not give again by itself what came back, nor what the hub asked for before', async () => {
    await importTrips(agent, [trip], NOON);
    await giveSeats(agent, call(), { ...ride, count: 4 }, NOON);
    await orders(1, rule);
    await serveStandingOrders(agent, NOON);
    const given = await seatsGiven();
    expect(given).toHaveLength(6);
    await agent.store.transaction((tx) =>
      takeGrant(agent, tx, { transferId: 'back-1', tripId: trip.tripId, epoch: 1, seat: given[0]!, legs: 3 }, NOON),
    );
    await orders(2, { ...rule, lowWater: 1 });
    expect(await serveStandingOrders(agent, NOON)).toBe(1);
    expect(await seatsGiven()).toHaveLength(6);
  });

  it('follows a bigger coach with its per cent', async () => {
    await orders(1, rule);
    await importTrips(agent, [trip], NOON);
    const seats = aTrip({ seatCount: 40 }).seats;
    expect(await substituteVehicle(agent, call(), { tripId: trip.tripId, seats: [...seats] }, NOON)).toMatchObject({
      ok: true,
    });
    expect(await serveStandingOrders(agent, NOON)).toBe(1);
    expect(await seatsGiven()).toHaveLength(12);
  });

  it('leaves the last free seat with the station', async () => {
    await orders(1, { ...rule, share: { percent: 100 } });
    await importTrips(agent, [trip], NOON);
    expect(await seatsGiven()).toHaveLength(19);
  });
});

describe('what the hub asks for', () => {
  it('is at least two seats, and ends at the most that the order lets it have, away on whatever legs', async () => {
    await orders(1, { ...rule, share: { seats: 4 }, most: { seats: 7 } });
    await importTrips(agent, [trip], NOON);
    expect(await giveSeats(agent, call(), { ...ride, count: 1 }, NOON)).toMatchObject({ value: { granted: 2 } });
    expect(await giveSeats(agent, call(), { ...ride, count: 5 }, NOON)).toMatchObject({ value: { granted: 1 } });
    expect(await giveSeats(agent, call(), { ...ride, count: 5 }, NOON)).toMatchObject({ value: { granted: 0 } });
  });
});
