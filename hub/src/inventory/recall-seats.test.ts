import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { returnIdleSeats } from '../cut-off/return-idle-seats.ts';
import { holdSeats } from '../orders/hold-seats.ts';
import { anOrder, call, type FreshHub, freshHub, HANGZHOU, onSale, WEB } from '../testing/fresh-hub.ts';
import { recallSeats } from './recall-seats.ts';

const trip = aTrip();
const { tripId } = trip;
const ride = { tripId, from: 0, to: 2 };
const station = (code = HANGZHOU) => call({ ...WEB, id: code, channel: 'counter' });
const HOUR = 3_600_000;
let asked = 0;
let hub: FreshHub;
beforeEach(async () => {
  asked = 0;
  hub = await freshHub(async () => {
    asked += 1;
    return { ok: false, refusal: { code: 'link.offline' } };
  });
  await onSale(hub, trip, 4);
});
afterEach(() => hub.end());

const granted = async () => {
  const { db, t } = hub.store.read;
  const rows = await db.select().from(t.outbox);
  return rows.filter(({ type }) => type === 'seat.granted').map(({ fact }) => JSON.parse(fact).seat as string);
};

describe('a recall', () => {
  it('gives back what is neither sold nor held, once a key, and leaves the rest', async () => {
    await anOrder(hub, trip, { count: 2 });
    const once = station();
    expect(await recallSeats(hub, once, { ...ride, count: 20 }, NOON)).toEqual({ ok: true, value: { granted: 2 } });
    expect(await recallSeats(hub, once, { ...ride, count: 20 }, NOON)).toEqual({ ok: true, value: { granted: 2 } });
    expect(await granted()).toEqual(['44', '45']);
    expect(await recallSeats(hub, station(), { ...ride, count: 1 }, NOON)).toMatchObject({ value: { granted: 0 } });
  });

  it('is the origin’s alone', async () => {
    expect(await recallSeats(hub, station('330600001'), { ...ride, count: 1 }, NOON)).toMatchObject({
      refusal: { code: 'trip.other-origin' },
    });
  });

  it('keeps the hub from asking for that ride again for 30 seconds', async () => {
    await recallSeats(hub, station(), { ...ride, count: 20 }, NOON);
    const wish = { ...ride, count: 1 };
    await holdSeats(hub, call(), wish, NOON + 29_999);
    expect(asked).toBe(0);
    await holdSeats(hub, call(), wish, NOON + 30_000);
    expect(asked).toBe(1);
  });
});

describe('seats that nobody uses', () => {
  const standingOrder = (seats: number) =>
    hub.store.transaction(async (tx) => {
      await tx.db.insert(tx.t.allotments).values({ station: HANGZHOU, line: '*', seats, lowWater: 1 });
    });

  it('go back after two hours, but for what the standing order wants the hub to have', async () => {
    await standingOrder(3);
    expect(await returnIdleSeats(hub, NOON + 2 * HOUR - 1)).toBe(0);
    expect(await returnIdleSeats(hub, NOON + 2 * HOUR)).toBe(1);
    expect(await returnIdleSeats(hub, NOON + 3 * HOUR)).toBe(0);
    expect(await granted()).toEqual(['45']);
  });

  it('lower the mark of their trip, so that it asks later: nothing goes to and fro', async () => {
    await hub.store.transaction(async (tx) => {
      await tx.db.insert(tx.t.allotments).values({ station: HANGZHOU, line: '*', seats: 3, lowWater: 3 });
    });
    await returnIdleSeats(hub, NOON + 2 * HOUR);
    const later = NOON + 2 * HOUR + 60_000;
    await holdSeats(hub, call(), { ...ride, count: 1 }, later);
    await holdSeats(hub, call(), { ...ride, count: 1 }, later);
    expect(asked).toBe(0);
    await holdSeats(hub, call(), { ...ride, count: 1 }, later);
    await expect.poll(() => asked).toBe(1);
  });

  it('stay for two hours more when somebody has held one', async () => {
    hub.clock.at = NOON + HOUR;
    await holdSeats(hub, call(), { ...ride, count: 1 }, NOON + HOUR);
    expect(await returnIdleSeats(hub, NOON + 2 * HOUR)).toBe(0);
    expect(await returnIdleSeats(hub, NOON + 3 * HOUR)).toBe(3);
  });
});
