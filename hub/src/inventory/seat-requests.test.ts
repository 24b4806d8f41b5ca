import { done } from '@lianpiao/shared/domain/outcome';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, describe, expect, it } from 'vitest';
import type { AskStation } from '../ask-station.ts';
import { holdSeats } from '../orders/hold-seats.ts';
import { call, type FreshHub, freshHub, grants, HANGZHOU, onSale } from '../testing/fresh-hub.ts';

const trip = aTrip();
const wish = { tripId: trip.tripId, from: 0, to: 2, count: 1 };
let hub: FreshHub;
afterEach(() => hub.end());

describe('seats that the hub does not have', () => {
  it('are fetched from their station while the buyer waits', async () => {
    const asked: unknown[] = [];
    const giving = (async (station: string, kind: string, body: object) => {
      asked.push([station, kind, body]);
      await grants(hub, trip, '40');
      return done({ granted: 1 });
    }) as unknown as AskStation;
    hub = await freshHub(giving);
    await onSale(hub, trip, 0);
    expect(await holdSeats(hub, call(), wish, NOON)).toMatchObject({ ok: true, value: { seats: ['40'] } });
    expect(asked).toEqual([[HANGZHOU, 'seat.request', { ...wish, count: 3 }]]);
  });

  it('are sold out when the station is off line, and it is asked once a second', async () => {
    let asked = 0;
    hub = await freshHub(async () => {
      asked += 1;
      return { ok: false, refusal: { code: 'link.offline' } };
    });
    await onSale(hub, trip, 0);
    const tries = await Promise.all(Array.from({ length: 20 }, () => holdSeats(hub, call(), wish, NOON)));
    expect(tries.every((each) => !each.ok && each.refusal.code === 'seat.sold-out')).toBe(true);
    expect(asked).toBe(1);
    await holdSeats(hub, call(), wish, NOON + 1000);
    expect(asked).toBe(2);
  });

  it('are asked for before the last one is gone, by the standing order', async () => {
    const asked: number[] = [];
    hub = await freshHub((async (_station: string, _kind: string, body: { count: number }) => {
      asked.push(body.count);
      return { ok: false, refusal: { code: 'link.offline' } };
    }) as unknown as AskStation);
    await onSale(hub, trip, 5);
    await hub.store.transaction(async (tx) => {
      await tx.db.insert(tx.t.allotments).values({ station: HANGZHOU, line: '*', seats: 12, lowWater: 4 });
    });
    await holdSeats(hub, call(), wish, NOON);
    expect(asked).toEqual([]);
    await holdSeats(hub, call(), wish, NOON);
    await expect.poll(() => asked).toEqual([9]);
  });
});
