import type { Caller } from '@lianpiao/shared/store/call';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CLERK, call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { holdSeats } from './hold-seats.ts';
import { releaseSeats } from './release-seats.ts';

const trips = ['K801', 'K802', 'K803', 'K804', 'K805', 'K806'].map((tripNo) => aTrip({ tripNo }));
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await importTrips(agent, trips, NOON);
});
afterEach(() => agent.end());

const hold = (caller: Caller, trip = 0, now = NOON) =>
  holdSeats(agent, call(caller), { tripId: trips[trip]!.tripId, from: 0, to: 2, count: 5 }, now);

it('lets a counter hold twenty seats and no more over all trips, until it gives some back or they end', async () => {
  const held = [];
  for (const trip of [0, 1, 2, 3]) held.push(await hold(CLERK, trip));
  expect(held.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(await hold(CLERK, 4)).toEqual({ ok: false, refusal: { code: 'hold.too-many', held: 20, max: 20 } });
  expect((await hold({ ...CLERK, id: 'counter-002', terminal: '002' }, 4)).ok).toBe(true);
  const first = held[0]!;
  if (first.ok) await releaseSeats(agent, call(CLERK), first.value.holdId, NOON);
  expect((await hold(CLERK, 4)).ok).toBe(true);
  expect((await hold(CLERK, 5)).ok).toBe(false);
  expect((await hold(CLERK, 5, NOON + 11 * 60_000)).ok).toBe(true);
});

it('lets legacy software, behind which many counters sell, hold two hundred', async () => {
  const adapter: Caller = { ...CLERK, id: 'adapter-1', clerk: null, shiftId: 'adapter-adapter-1' };
  let held = 0;
  for (const trip of trips.keys()) {
    for (let more = true; more; ) {
      const answer = await hold(adapter, trip);
      more = answer.ok;
      if (answer.ok) held += 5;
      else if (answer.refusal.code === 'hold.too-many') expect(held).toBe(200);
    }
  }
  expect(held).toBe(200);
});
