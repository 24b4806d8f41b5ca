import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { expect, it } from 'vitest';
import { filterTrips, firstSaleable, notSaleable } from './trip-filter.ts';

const trip = (departs: string, over: Partial<Offer> = {}) =>
  ({
    departs,
    departsAt: Number(departs.slice(0, 2)) * 3_600_000,
    state: 'open',
    remaining: 3,
    remainingElsewhere: 0,
    ...over,
  }) as Offer;

it('puts a departure past midnight into the evening of its service day', () => {
  const day = [trip('07:00'), trip('12:00'), trip('17:59'), trip('18:00'), trip('24:40')];
  expect(
    (['morning', 'afternoon', 'evening', 'soon'] as const).map((filter) =>
      filterTrips(day, filter, 17 * 3_600_000).map((offer) => offer.departs),
    ),
  ).toEqual([['07:00'], ['12:00', '17:59'], ['18:00', '24:40'], ['17:59', '18:00']]);
});

it('sells the hub’s seats only while the hub answers, and nothing that has left', () => {
  const hubOnly = trip('09:00', { remaining: 0, remainingElsewhere: 5 });
  const [online, offline] = [
    { online: true, now: 0 },
    { online: false, now: 0 },
  ];
  expect([
    notSaleable(hubOnly, online),
    notSaleable(hubOnly, offline),
    notSaleable(trip('09:00', { remaining: 0 }), online),
  ]).toEqual([null, 'hub-only', 'full']);
  expect(notSaleable(trip('09:00'), { online: true, now: 9 * 3_600_000 })).toBe('closed');
  expect([
    firstSaleable([trip('08:00', { state: 'departed' }), hubOnly, trip('10:00')], offline),
    firstSaleable([], online),
  ]).toEqual([2, 0]);
});
