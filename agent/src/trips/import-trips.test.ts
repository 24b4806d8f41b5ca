import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { substituteVehicle } from '../dispatch/substitute-vehicle.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from './import-trips.ts';

const trip = aTrip({ seatCount: 3 });
const { tripId } = trip;
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await importTrips(agent, [trip], NOON);
});
afterEach(() => agent.end());

const says = (changes: object) => importTrips(agent, [{ ...trip, ...changes }], NOON);
const known = () => findTrip(agent.store.read, tripId);

it('takes another seat plan of the source over where everybody keeps a seat', async () => {
  const { tickets } = await aSale(agent, { trip });
  expect(await says({ seats: ['1A', '1B'] })).toMatchObject({ changed: 1, kept: [] });
  expect(await known()).toMatchObject({ epoch: 2, seats: ['1A', '1B'] });
  expect(await findTicket(agent.store.read, tickets[0]!.ticketNo)).toMatchObject({ seat: '1A', epoch: 2 });
  expect(await eventsOf(agent, 'trip.reseated')).toMatchObject([{ fact: { reason: 'timetable' } }]);
  expect(await says({ seats: ['1A', '1B'] })).toMatchObject({ same: 1 });
  expect(await eventsOf(agent, 'trip.published')).toHaveLength(2);
});

it('keeps the seats where the new plan would leave a passenger standing, takes the rest, and names the trip', async () => {
  await aSale(agent, { trip, count: 2 });
  expect(await says({ seats: ['1A'], gate: '9' })).toMatchObject({ kept: [tripId] });
  expect(await known()).toMatchObject({ epoch: 1, seats: ['01', '02', '03'], gate: '9' });
});

it('never undoes a dispatcher, however often the source says its own', async () => {
  await substituteVehicle(agent, call(), { tripId, seats: ['1A', '1B', '1C', '1D'] }, NOON);
  expect(await says({})).toMatchObject({ kept: [tripId] });
  expect(await known()).toMatchObject({ epoch: 2, seats: ['1A', '1B', '1C', '1D'] });
  expect(await says({ seats: ['1A', '1B', '1C', '1D'], gate: '9' })).toMatchObject({ changed: 1, kept: [] });
  expect(await known()).toMatchObject({ epoch: 2, gate: '9' });
});

it('keeps a trip with other stops as it is', async () => {
  expect(await says({ stops: aTrip({ stops: ['杭州', '上虞', '温州', '宁波'] }).stops })).toMatchObject({
    kept: [tripId],
  });
});
