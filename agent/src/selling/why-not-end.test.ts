import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeBoarding } from '../boarding/close-boarding.ts';
import { aSale } from '../testing/a-sale.ts';
import { call, freshAgent } from '../testing/fresh-agent.ts';
import { quoteRefund } from '../tickets/quote-refund.ts';
import { refundTicket } from '../tickets/refund-ticket.ts';
import { voidTicket } from '../tickets/void-ticket.ts';
import { resumeSelling } from './resume-selling.ts';
import { stopSelling } from './sale-stops.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

it('a station whose database is not proven to be the newest ends no ticket and pays none out, and does once it is', async () => {
  const { tickets } = await aSale(agent, { trip: aTrip(), count: 2, now: NOON });
  const [{ ticketNo }, other] = [tickets[0]!, tickets[1]!];
  const wish = { ticketNo, channel: 'counter' as const, overrule: null };
  const quoted = await quoteRefund(agent, wish, NOON);
  if (!quoted.ok) throw new Error(quoted.refusal.code);
  const { quoteId } = quoted.value;
  await agent.store.transaction((tx) =>
    stopSelling(tx, { cause: 'continuity', code: 'station.database-older', detail: '', since: NOON }),
  );
  const refused = { refusal: { code: 'station.may-not-sell', why: 'station.database-older' } };
  expect(await quoteRefund(agent, wish, NOON)).toMatchObject(refused);
  const refund = { ticketNo, quoteId, payer: agent.station.code };
  expect(await refundTicket(agent, call(), refund, NOON)).toMatchObject(refused);
  expect(await voidTicket(agent, call(), other.ticketNo, NOON)).toMatchObject(refused);
  const later = NOON + 6 * 3_600_000;
  expect(await closeBoarding(agent, later)).toBe(0);

  await agent.store.transaction((tx) => resumeSelling(tx, 'continuity'));
  expect(await refundTicket(agent, call(), refund, NOON)).toMatchObject({ ok: true });
  expect(await closeBoarding(agent, later)).toBe(1);
});
