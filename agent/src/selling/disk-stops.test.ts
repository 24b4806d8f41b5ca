import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentDesk } from '../agent-desk.ts';
import { boardTicket } from '../boarding/board-ticket.ts';
import { holdSeats } from '../seats/hold-seats.ts';
import { hubRequests } from '../sync/hub-requests.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { rebookTicket } from '../tickets/rebook-ticket.ts';
import { sell } from '../tickets/sell.ts';

const trip = aTrip();
const ride = { tripId: trip.tripId, from: 0, to: 2 };
/** Boarding of the trip is open. */
const GATE = NOON + 5.75 * 3600_000;
const limits = { quotaBytes: 2 ** 40, reserveBytes: 1 };
const disk = new DiskRoom(limits);
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = { ...(await freshAgent()), room: disk };
  limits.reserveBytes = 1;
  await disk.look(agent.store, agent.folder, 0);
});
afterEach(() => agent.end());

it('sells nothing that the disk might not keep: a hold that is there already is refused too, before money, and the gate goes on', async () => {
  const sold = await aSale(agent, { trip });
  const { ticketNo } = sold.tickets[0]!;
  const held = await holdSeats(agent, call(), { ...ride, count: 1 }, NOON);
  if (!held.ok) throw new Error(held.refusal.code);
  const told = (await eventsOf(agent, 'ticket.sold')).length;

  limits.reserveBytes = Number.MAX_SAFE_INTEGER;
  await disk.look(agent.store, agent.folder, 0);
  const no = { ok: false, refusal: { code: 'disk.space-short' } };
  // A synthetic passenger.
  const passengers = [{ ...aPassenger(7), fareType: 'full' as const }];
  const sale = { holdId: held.value.holdId, passengers, payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
  expect(await sell(agent, call(), sale, NOON)).toEqual(no);
  expect(await holdSeats(agent, call(), { ...ride, count: 1 }, NOON)).toEqual(no);
  expect(await rebookTicket(agent, call(), { ...ride, ticketNo }, NOON)).toEqual(no);
  const requests = hubRequests({ agent, clock: { now: () => NOON } } as unknown as AgentDesk);
  expect(await requests['seat.request']!({ ...ride, count: 2 }, 'wish-1')).toEqual(no);
  expect(await eventsOf(agent, 'ticket.sold')).toHaveLength(told);
  expect(await boardTicket(agent, call(), { ticketNo, tripId: trip.tripId }, GATE)).toMatchObject({ ok: true });

  limits.reserveBytes = 1;
  await disk.look(agent.store, agent.folder, 0);
  expect(await sell(agent, call(), sale, NOON)).toMatchObject({ ok: true });
});
