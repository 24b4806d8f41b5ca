import type { AllotmentRule } from '@lianpiao/shared/domain/allotment';
import { done } from '@lianpiao/shared/domain/outcome';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { activateRules } from '@lianpiao/shared/store/rules';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AskStation } from '../ask-station.ts';
import { recallSeats } from '../inventory/recall-seats.ts';
import { anOrder, call, type FreshHub, freshHub, HANGZHOU, onSale, pay, WEB } from '../testing/fresh-hub.ts';
import { holdSeats } from './hold-seats.ts';
import { quoteRefund } from './quote-refund.ts';
import { refundTicket } from './refund-ticket.ts';
import { releaseSeats } from './release-seats.ts';

/** Two days ahead, so that a refund on line is still possible. */
const trip = aTrip({ serviceDate: '20261123' as never });
const ride = { tripId: trip.tripId, from: 0, to: 2 };
const POST = { ...WEB, id: 'post-1', channel: 'outlet' as const };
let asked = 0;
let hub: FreshHub;
beforeEach(async () => {
  asked = 0;
  hub = await freshHub((async () => {
    asked += 1;
    return done({ granted: 0 });
  }) as unknown as AskStation);
  const rule: AllotmentRule = {
    station: '*',
    line: '*',
    share: { seats: 6 },
    lowWater: 0,
    quotas: { [WEB.id]: { percent: 50 } },
  };
  await hub.store.transaction((tx) =>
    activateRules(tx, { ...DEFAULT_RULES, version: 'v1', validFrom: NOON - 1, allotments: [rule] }),
  );
});
afterEach(() => hub.end());

const holds = (count: number, wish: Partial<typeof ride> = {}, caller = WEB) =>
  holdSeats(hub, call(caller), { ...ride, ...wish, count }, hub.clock.now());
const used = (left: number) => ({ ok: false, refusal: { code: 'channel.quota-used', left } });

it('a channel holds and sells up to its quota of a trip, is told how many are left, and another channel sells on', async () => {
  await onSale(hub, trip, 6);
  const order = await anOrder(hub, trip, { count: 2 });
  expect(await holds(2)).toMatchObject(used(1));
  expect(await holds(1)).toMatchObject({ ok: true });
  await pay(hub, order.payment.payUrl);
  expect(await holds(1)).toMatchObject(used(0));
  expect(await holds(3, {}, POST)).toMatchObject({ ok: true });
});

it('a seat counts once, however many rides of the channel share it, and a free child’s place is none', async () => {
  await onSale(hub, trip, 6);
  for (const [from, to] of [
    [0, 1],
    [1, 2],
    [0, 1],
    [1, 2],
  ] as const)
    expect(await holds(1, { from, to })).toMatchObject({ ok: true });
  expect(await holds(2)).toMatchObject(used(1));
  expect((await anOrder(hub, trip, { first: 5 })).held.seats).toHaveLength(1);
});

it('what is released, expired or refunded may be sold again', async () => {
  await onSale(hub, trip, 6);
  const held = await holds(3);
  if (!held.ok) throw new Error(held.refusal.code);
  expect(await holds(1)).toMatchObject(used(0));
  await releaseSeats(hub, call(), held.value.holdId, NOON);
  const order = await anOrder(hub, trip, { count: 3 });
  await pay(hub, order.payment.payUrl);
  const [{ ticketNo } = { ticketNo: '' }] = await hub.store.read.db.select().from(hub.store.read.t.tickets);
  const quote = await quoteRefund(hub, { ticketNo, channel: 'web', overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  await refundTicket(hub, call(), { ticketNo, quoteId: quote.value.quoteId, payer: 'original' }, NOON);
  expect(await holds(1)).toMatchObject({ ok: true });
  expect(await holds(1)).toMatchObject(used(0));
  hub.clock.at = NOON + 3_600_000;
  expect(await holds(1)).toMatchObject({ ok: true });
});

it('a payment that comes after the hold buys no seat beyond the quota: the money goes back', async () => {
  await onSale(hub, trip, 6);
  const order = await anOrder(hub, trip, { count: 2 });
  hub.clock.at = order.held.expiresAt;
  expect(await holds(2)).toMatchObject({ ok: true });
  await pay(hub, order.payment.payUrl, 'late');
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.tickets)).toEqual([]);
});

it('no seat is fetched from a station for a channel that may not sell it', async () => {
  await onSale(hub, trip, 3);
  expect(await holds(3)).toMatchObject({ ok: true });
  expect(await holds(1)).toMatchObject(used(0));
  expect(asked).toBe(0);
  await holds(1, {}, POST);
  expect(asked).toBe(1);
});

it('the origin gets its seats back whatever the quotas say', async () => {
  await onSale(hub, trip, 6);
  const origin = call({ ...WEB, id: HANGZHOU, channel: 'counter' });
  expect(await recallSeats(hub, origin, { ...ride, count: 6 }, NOON)).toMatchObject({ value: { granted: 6 } });
});
