import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { CLERK, call, freshAgent } from '../testing/fresh-agent.ts';
import { findOffers } from '../trips/find-offers.ts';
import { quoteRefund } from './quote-refund.ts';
import { rebookTicket } from './rebook-ticket.ts';
import { refundTicket } from './refund-ticket.ts';
import { voidTicket } from './void-ticket.ts';

const MINUTE = 60_000;
const HERE = '330100001';
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

const free = async () =>
  (await findOffers(agent, { from: HERE, to: 'S2', date: '20261121' }, NOON)).map(({ remaining }) => remaining);
const drawer = async () => {
  const { db, t } = agent.store.read;
  return (await db.select().from(t.cashMoves)).reduce((sum, { amountFen }) => sum + amountFen, 0);
};
const quoted = async (ticketNo: string, now = NOON) => {
  const quote = await quoteRefund(agent, { ticketNo, channel: 'counter', overrule: null }, now);
  if (!quote.ok) throw new Error(quote.refusal.code);
  return quote.value;
};

describe('voidTicket', () => {
  it('voids once: the second try is refused, the money is back once, and the hub is told once', async () => {
    const { tickets } = await aSale(agent);
    const ticketNo = tickets[0]!.ticketNo;
    expect(await voidTicket(agent, call(), ticketNo, NOON + MINUTE)).toMatchObject({
      ok: true,
      value: { payoutFen: 4000 },
    });
    expect(await voidTicket(agent, call(), ticketNo, NOON + MINUTE)).toMatchObject({
      refusal: { code: 'ticket.not-voidable' },
    });
    expect(await eventsOf(agent, 'ticket.voided')).toHaveLength(1);
    expect(await drawer()).toBe(0);
    expect(await free()).toEqual([45]);
  });

  it('is only for the clerk and the shift that sold the ticket, and only for thirty minutes', async () => {
    const { tickets } = await aSale(agent);
    const ticketNo = tickets[0]!.ticketNo;
    const other = call({ ...CLERK, clerk: 'u2' });
    expect(await voidTicket(agent, other, ticketNo, NOON)).toMatchObject({ refusal: { reason: 'otherClerk' } });
    expect(await voidTicket(agent, call(), ticketNo, NOON + 31 * MINUTE)).toMatchObject({
      refusal: { reason: 'tooLate' },
    });
  });

  it('takes back the print that has not begun', async () => {
    const { tickets } = await aSale(agent);
    await voidTicket(agent, call(), tickets[0]!.ticketNo, NOON);
    const { db, t } = agent.store.read;
    expect(await db.select({ state: t.printJobs.state }).from(t.printJobs)).toEqual([{ state: 'voided' }]);
  });
});

describe('refundTicket', () => {
  it('pays what was quoted, frees the seat and tells the hub who pays', async () => {
    const { tickets } = await aSale(agent);
    const ticketNo = tickets[0]!.ticketNo;
    const quote = await quoted(ticketNo);
    expect(quote).toMatchObject({ paidFen: 4000, feeFen: 400, refundFen: 3600 });
    const refund = await refundTicket(agent, call(), { ticketNo, quoteId: quote.quoteId, payer: HERE }, NOON + MINUTE);
    expect(refund).toMatchObject({ ok: true, value: { refundFen: 3600, payout: 'paid' } });
    expect(await drawer()).toBe(400);
    expect(await free()).toEqual([45]);
    expect(await eventsOf(agent, 'ticket.refunded')).toMatchObject([
      { fact: { refundFen: 3600, feeFen: 400, payer: HERE } },
    ]);
    expect(await eventsOf(agent, 'payout.made')).toMatchObject([{ fact: { amountFen: 3600 } }]);
  });

  it('refuses an old quote and the quote of another ticket', async () => {
    const { tickets } = await aSale(agent, { count: 2 });
    const [a, b] = tickets.map(({ ticketNo }) => ticketNo);
    const { quoteId, expiresAt } = await quoted(a!);
    expect(await refundTicket(agent, call(), { ticketNo: b!, quoteId, payer: HERE }, NOON)).toMatchObject({
      refusal: { code: 'refund.unknown-quote' },
    });
    expect(await refundTicket(agent, call(), { ticketNo: a!, quoteId, payer: HERE }, expiresAt)).toMatchObject({
      refusal: { code: 'refund.quote-expired' },
    });
  });

  it('pays one of two clerks who confirm two quotes of one ticket at the same moment', async () => {
    const { tickets } = await aSale(agent);
    const ticketNo = tickets[0]!.ticketNo;
    const quotes = await Promise.all([quoted(ticketNo), quoted(ticketNo)]);
    const tries = await Promise.all(
      quotes.map(({ quoteId }) => refundTicket(agent, call(), { ticketNo, quoteId, payer: HERE }, NOON)),
    );
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await drawer()).toBe(400);
  });

  it('leaves the money to the station that is named as payer', async () => {
    const { tickets } = await aSale(agent);
    const ticketNo = tickets[0]!.ticketNo;
    const { quoteId } = await quoted(ticketNo);
    await refundTicket(agent, call(), { ticketNo, quoteId, payer: '330600001' }, NOON);
    expect(await drawer()).toBe(4000);
    expect(await eventsOf(agent, 'payout.made')).toEqual([]);
  });
});

describe('rebookTicket', () => {
  it('takes the new seat before it frees the old one, and moves the difference through the drawer', async () => {
    const { tickets } = await aSale(agent);
    await aSale(agent, { trip: aTrip({ tripNo: 'K107', departs: 20 * 60, seatCount: 2 }), first: 5 });
    const wish = { ticketNo: tickets[0]!.ticketNo, tripId: '330100001-20261121-K107', from: 0, to: 1 };
    const rebooked = await rebookTicket(agent, call(), wish, NOON);
    expect(rebooked).toMatchObject({
      ok: true,
      value: { differenceFen: -2000, ticket: { tripNo: 'K107', fareFen: 2000, passenger: '测**' } },
    });
    expect(await free()).toEqual([45, 0]);
    expect(await rebookTicket(agent, call(), wish, NOON)).toMatchObject({ refusal: { code: 'ticket.ended' } });
  });
});
