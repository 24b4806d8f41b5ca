import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { departTrip } from '../departure/depart-trip.ts';
import { eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { giveSeats } from './give-seats.ts';

const trip = aTrip({ seatCount: 4 });
const { tripId } = trip;
/** The trip leaves its origin at 18:00. */
const DEPARTURE = NOON + 6 * 3600_000;
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await importTrips(agent, [trip], NOON);
});
afterEach(() => agent.end());

const inState = (state: string) =>
  agent.store.transaction(async (tx) => tx.db.update(tx.t.trips).set({ state }).where(eq(tx.t.trips.tripId, tripId)));

describe('seats that the hub asks for', () => {
  it('are given for a later stop after the coach has left the first one, and no more for the first', async () => {
    await departTrip(agent, call(), { tripId }, DEPARTURE);
    expect(await giveSeats(agent, call(), { tripId, from: 0, to: 1, count: 2 }, DEPARTURE)).toMatchObject({
      refusal: { code: 'trip.departed' },
    });
    expect(await giveSeats(agent, call(), { tripId, from: 1, to: 2, count: 2 }, DEPARTURE)).toEqual({
      ok: true,
      value: { granted: 2 },
    });
    expect((await eventsOf(agent, 'seat.granted')).map(({ fact }) => [fact['seat'], fact['legs']])).toEqual([
      ['03', 2],
      ['04', 2],
    ]);
  });

  it.each([
    ['suspended', 'trip.suspended'],
    ['cancelled', 'trip.cancelled'],
    ['missed', 'trip.missed'],
    ['closed', 'trip.sale-closed'],
  ])('are refused by the name of the reason when the trip is %s', async (state, code) => {
    await inState(state);
    expect(await giveSeats(agent, call(), { tripId, from: 0, to: 2, count: 1 }, NOON)).toMatchObject({
      refusal: { code },
    });
  });

  it('are all but the last: a station keeps one free seat of each ride', async () => {
    const given = await giveSeats(agent, call(), { tripId, from: 0, to: 2, count: 20 }, NOON);
    expect(given).toEqual({ ok: true, value: { granted: 3 } });
  });
});
