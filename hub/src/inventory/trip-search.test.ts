import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { offerOf } from '@lianpiao/shared/store/trips/offer';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expireOrders } from '../orders/expire-orders.ts';
import { anOrder, type FreshHub, freshHub, grants, HANGZHOU, onSale, says } from '../testing/fresh-hub.ts';
import { TripSearch } from './trip-search.ts';

const trip = aTrip();
const query = { from: HANGZHOU, to: 'S2', date: '20261121' };
let hub: FreshHub;
let search: TripSearch;
beforeEach(async () => {
  hub = await freshHub();
  search = new TripSearch(hub.store);
});
afterEach(() => hub.end());

const found = async (now = NOON, wish = query) =>
  JSON.parse(Buffer.from(await search.search(wish, now), 'latin1').toString()) as Offer[];

describe('the search over the province', () => {
  it('sees a trip as soon as it is published, and each seat as soon as it is given, held and given back', async () => {
    expect(await found()).toEqual([]);
    await onSale(hub, trip, 2);
    expect(await found()).toMatchObject([
      { tripId: trip.tripId, remaining: 2, remainingElsewhere: 43, fullFen: 4000, departs: '18:00' },
    ]);
    const { held } = await anOrder(hub, trip);
    expect(await found()).toMatchObject([{ remaining: 1 }]);
    await grants(hub, trip, '01');
    expect(await found()).toMatchObject([{ remaining: 2 }]);
    await expireOrders(hub, held.expiresAt);
    expect(await found()).toMatchObject([{ remaining: 3 }]);
  });

  it('says of a ride just what a counter says of it', async () => {
    await onSale(hub, trip, 2);
    const known = (await findTrip(hub.store.read, trip.tripId))!;
    const { fareTypes } = await rulesAt(hub.store.read, NOON);
    for (const [from, to] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const [board, alight] = [trip.stops[from]!.code, trip.stops[to]!.code];
      const offer = offerOf(known, from, to, { remaining: 2, remainingElsewhere: 43 }, fareTypes);
      expect(await found(NOON, { ...query, from: board, to: alight })).toEqual([offer]);
    }
  });

  it('counts seats for the ride that is asked for', async () => {
    await onSale(hub, trip, 1);
    await anOrder(hub, trip);
    expect(await found(NOON, { ...query, to: 'S1' })).toMatchObject([{ remaining: 0, to: 1 }]);
    expect(await found(NOON, { from: 'S1', to: 'S2', date: '20261121' })).toMatchObject([{ from: 1, to: 2 }]);
    expect(await found(NOON, { from: 'S2', to: 'S1', date: '20261121' })).toEqual([]);
  });

  it('gives the earliest first, and nothing that is suspended or closed for sale on line', async () => {
    const late = aTrip({ tripNo: 'K300', departs: 20 * 60 });
    for (const each of [late, trip, aTrip({ tripNo: 'K100', departs: 13 * 60 })]) await onSale(hub, each, 1);
    expect((await found()).map(({ tripNo }) => tripNo)).toEqual(['K100', 'K105', 'K300']);
    expect((await found(NOON + 31 * 60_000)).map(({ tripNo }) => tripNo)).toEqual(['K105', 'K300']);
    await says(hub, HANGZHOU, 'trip.suspended', { tripId: late.tripId, at: NOON, reason: '' });
    expect((await found(NOON + 31 * 60_000)).map(({ tripNo }) => tripNo)).toEqual(['K105']);
  });

  it('answers the same from a fresh load as from the changes it was told', async () => {
    for (let index = 0; index < 30; index += 1)
      await onSale(hub, aTrip({ tripNo: `K${index}`, departs: 780 + index * 7 }), index % 4);
    const loaded = new TripSearch(hub.store);
    await loaded.load(NOON);
    expect(loaded.size).toBe(30);
    expect(await loaded.search(query, NOON)).toEqual(await search.search(query, NOON));
  });

  it('keeps no seats over a change that happens while they are counted', async () => {
    await onSale(hub, trip, 2);
    const [searching] = [search.search(query, NOON), anOrder(hub, trip)];
    await searching;
    await expect.poll(async () => (await found())[0]?.remaining).toBe(1);
  });
});
