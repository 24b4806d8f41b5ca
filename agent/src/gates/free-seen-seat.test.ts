import { placesOfTrip, seatsOfTrip, soldToFreed } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { expect, it } from 'vitest';
import { substituteVehicle } from '../dispatch/substitute-vehicle.ts';
import { aSale } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { freeSeenSeat } from './free-seen-seat.ts';

it('the word of the gate frees seat and child’s place, also where a new plan has moved them meanwhile', async () => {
  const agent = await freshAgent();
  const trip = aTrip({ seatCount: 20 });
  const { tripId } = trip;
  const { tickets } = await aSale(agent, { trip, children: 1 });
  await agent.store.transaction(async (tx) => {
    for (const { ticketNo } of tickets) {
      const { seat, legs } = (await findTicket(tx, ticketNo))!;
      await moveTicket(tx, ticketNo, ['sold'], 'voided', { endedAt: NOON });
      await soldToFreed(tx, { tripId, seat, legs });
    }
  });
  const freed = async () =>
    [...(await seatsOfTrip(agent.store.read, tripId)), ...(await placesOfTrip(agent.store.read, tripId))]
      .filter((row) => row.freed !== 0)
      .map(({ seat }) => seat);
  expect(await freed()).toEqual(['01', 'C1']);
  const seats = Array.from({ length: 20 }, (_, index) => `A${index + 1}`);
  await substituteVehicle(agent, call(), { tripId, seats }, NOON);
  expect(await freed()).toHaveLength(2);
  for (const { ticketNo } of tickets) {
    const seen = {
      ticketNo,
      tripId,
      at: NOON,
      bizDate: '20261121',
      by: 'gate',
      state: 'voided',
      seat: 'free',
    } as const;
    await agent.store.transaction((tx) => freeSeenSeat(agent, tx, seen));
  }
  expect(await freed()).toEqual([]);
  await agent.end();
});
