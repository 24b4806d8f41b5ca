import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { departTrip } from '../departure/depart-trip.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { quoteRefund } from '../tickets/quote-refund.ts';
import { boardTicket } from './board-ticket.ts';
import { closeBoarding } from './close-boarding.ts';
import { unboardTicket } from './unboard-ticket.ts';

const trip = aTrip();
const { tripId } = trip;
/** The trip leaves at 18:00; boarding closes at 17:58. */
const DEPARTURE = NOON + 6 * 3600_000;
const CLOSES = DEPARTURE - 120_000;
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

const stateOf = async (ticketNo: string) => {
  const { db, t } = agent.store.read;
  return (await db.select().from(t.tickets).where(eq(t.tickets.ticketNo, ticketNo)))[0]!.state;
};
/** The ticket changes in the database alone, as another counter or the hub would have changed it. */
const change = (ticketNo: string, changes: object) =>
  agent.store.transaction(async (tx) =>
    tx.db.update(tx.t.tickets).set(changes).where(eq(tx.t.tickets.ticketNo, ticketNo)),
  );

describe('the closing of boarding', () => {
  it('forfeits who is not boarded when boarding closes, once, and tells the hub of each', async () => {
    const { tickets } = await aSale(agent, { trip, count: 3 });
    await boardTicket(agent, call(), { tripId, ticketNo: tickets[0]!.ticketNo }, CLOSES - 1);
    expect(await closeBoarding(agent, CLOSES - 1)).toBe(0);
    expect(await closeBoarding(agent, CLOSES)).toBe(2);
    expect(await closeBoarding(agent, CLOSES + 5_000)).toBe(0);
    expect(await stateOf(tickets[0]!.ticketNo)).toBe('boarded');
    expect(await eventsOf(agent, 'ticket.forfeited')).toHaveLength(2);
  });

  it('lets a late passenger board again while the seat is empty, and the departure counts only who stayed away', async () => {
    const { tickets } = await aSale(agent, { trip, count: 3 });
    const ticketNo = tickets[0]!.ticketNo;
    await closeBoarding(agent, CLOSES);
    expect(await boardTicket(agent, call(), { tripId, ticketNo }, CLOSES)).toMatchObject({
      refusal: { code: 'boarding.closed' },
    });
    expect((await boardTicket(agent, call(), { tripId, ticketNo, late: true }, CLOSES)).ok).toBe(true);
    expect(await departTrip(agent, call(), { tripId }, DEPARTURE)).toMatchObject({
      value: { boarded: 1, forfeited: 2 },
    });
    expect(await eventsOf(agent, 'ticket.forfeited')).toHaveLength(3);
    expect((await eventsOf(agent, 'trip.departed'))[0]!.fact).toMatchObject({ boarded: 1, forfeited: 2 });
  });

  it('gives a passenger who is let out again the forfeit back, not the seat', async () => {
    const { tickets } = await aSale(agent, { trip });
    const ticketNo = tickets[0]!.ticketNo;
    await closeBoarding(agent, CLOSES);
    await boardTicket(agent, call(), { tripId, ticketNo, late: true }, CLOSES);
    await unboardTicket(agent, call(), ticketNo, CLOSES);
    expect(await stateOf(ticketNo)).toBe('forfeited');
  });

  it('lets nobody in late whose seat another passenger has on one of the legs', async () => {
    const { tickets } = await aSale(agent, { trip, count: 2 });
    const [late, other] = [tickets[0]!.ticketNo, tickets[1]!.ticketNo];
    await boardTicket(agent, call(), { tripId, ticketNo: other }, CLOSES - 1);
    await closeBoarding(agent, CLOSES);
    await change(other, { seat: '01', legs: 1 });
    expect(await boardTicket(agent, call(), { tripId, ticketNo: late, late: true }, CLOSES)).toMatchObject({
      refusal: { code: 'boarding.seat-given' },
    });
    await change(other, { fareType: 'freeChild' });
    expect((await boardTicket(agent, call(), { tripId, ticketNo: late, late: true }, CLOSES)).ok).toBe(true);
  });

  it('leaves the passenger the refund of the tier until departure', async () => {
    const { tickets } = await aSale(agent, { trip });
    const ticketNo = tickets[0]!.ticketNo;
    await closeBoarding(agent, CLOSES);
    expect(await quoteRefund(agent, { ticketNo, channel: 'counter', overrule: null }, CLOSES)).toMatchObject({
      ok: true,
      value: { tier: 'late' },
    });
  });

  it.each(['suspended', 'cancelled', 'missed'])('forfeits nothing of a trip that is %s', async (state) => {
    await aSale(agent, { trip });
    await agent.store.transaction(async (tx) => tx.db.update(tx.t.trips).set({ state }));
    expect(await closeBoarding(agent, DEPARTURE)).toBe(0);
  });

  it('forfeits no ticket that boards where this station has no gate', async () => {
    await aSale(agent, { trip, from: 1 });
    expect(await closeBoarding(agent, DEPARTURE + 3 * 3600_000)).toBe(0);
  });
});
