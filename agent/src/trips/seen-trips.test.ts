import { departsAt } from '@lianpiao/shared/domain/trip';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freshAgent } from '../testing/fresh-agent.ts';
import { forgetSeenTrips, noteSeenTrips, seenTrips } from './seen-trips.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

it('remembers what the source has named and is still to leave, once, until somebody confirms that it is gone', async () => {
  const early = aTrip({ tripNo: 'E1', departs: 6 * 60 });
  const [one, two] = [aTrip({ tripNo: 'L1', departs: 14 * 60 }), aTrip({ tripNo: 'L2', departs: 15 * 60 })];
  await noteSeenTrips(agent, [early, one, two], NOON);
  await noteSeenTrips(agent, [one], NOON);
  const seen = await seenTrips(agent, NOON);
  expect(seen).toEqual([one, two].map((trip) => ({ tripId: trip.tripId, departsAt: departsAt(trip, 0) })));
  await forgetSeenTrips(agent, [two.tripId]);
  expect((await seenTrips(agent, NOON)).map(({ tripId }) => tripId)).toEqual([one.tripId]);
});
