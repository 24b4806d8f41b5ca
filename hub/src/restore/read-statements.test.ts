import { join } from 'node:path';
import { applyFact } from '@lianpiao/shared/link/facts';
import { copyDatabase } from '@lianpiao/shared/store/backup/copy-database';
import { findOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDifferences } from '../fsck/find-differences.ts';
import { accountBalances } from '../ledger/account-balances.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { checkPayments } from '../orders/check-payments.ts';
import { expireOrders } from '../orders/expire-orders.ts';
import { quoteRefund } from '../orders/quote-refund.ts';
import { refundTicket } from '../orders/refund-ticket.ts';
import { sendRefunds } from '../orders/send-refunds.ts';
import { openHubStore } from '../store/open-hub-store.ts';
import {
  acknowledges,
  anOrder,
  call,
  type FreshHub,
  freshHub,
  HANGZHOU,
  onSale,
  pay,
  WEB,
} from '../testing/fresh-hub.ts';
import { beginRestore } from './begin-restore.ts';
import { lostFacts } from './lost-facts.ts';
import { readStatements } from './read-statements.ts';
import { releaseSeats, releaseStation } from './release-withheld.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OPERATOR = { id: 'operator', channel: 'other', terminal: '000', clerk: 'op', shiftId: null } as const;
/** Two days ahead: on sale whatever clock is wrong by a day. */
const trip = aTrip({ serviceDate: '20261123' as never });
let lost: FreshHub;
let closing: (() => Promise<void>)[];
beforeEach(async () => {
  closing = [];
  lost = await freshHub(undefined, keepBooks({ provider: 'sandbox' }));
  await openBooks(lost.store, NOON);
  await onSale(lost, trip, 3);
});
afterEach(async () => {
  for (const close of closing) await close();
  await lost.end();
});

const backUp = () => copyDatabase(join(lost.folder, 'hub.sqlite'), join(lost.folder, 'backup.sqlite'));

/** The backup in the place of the lost database, before the same provider; `hears` the boarding station's copies of what the hub had told. */
async function restored({ hears }: { readonly hears: boolean }): Promise<FreshHub> {
  const store = await openHubStore(join(lost.folder, 'backup.sqlite'));
  closing.push(() => store.close());
  const hub = { ...lost, store };
  const now = hub.clock.now();
  await store.transaction((tx) => beginRestore(tx, { code: 'hub.database-older', detail: '' }, undefined, now));
  const told = hears ? await lost.store.read.db.select().from(lost.store.read.t.outbox) : [];
  for (const row of told.filter(({ peer }) => peer === HANGZHOU))
    await store.transaction((tx) => applyFact(tx, lostFacts(hub), row));
  return hub;
}

/** All stations were heard, and the job has looked. */
async function heard(hub: FreshHub): Promise<void> {
  const now = hub.clock.now();
  expect(await readStatements(hub, now)).toBe(0);
  await releaseStation(hub.store, OPERATOR, HANGZHOU, now);
  await readStatements(hub, now);
  await sendRefunds(hub, now);
}

async function moneyOf({ store }: FreshHub) {
  const { db, t } = store.read;
  const { paymentId, state, taken, refundedFen, amountFen } = t.payments;
  return {
    payments: await db.select({ state, taken, refundedFen, amountFen }).from(t.payments).orderBy(paymentId),
    refunds: await db
      .select({ state: t.paymentRefunds.state, fen: t.paymentRefunds.amountFen, reason: t.paymentRefunds.reason })
      .from(t.paymentRefunds),
    alarms: (await db.select().from(t.alarms))
      .filter(({ closedAt }) => closedAt === null)
      .map(({ code }) => code)
      .filter((code) => !['hub.restored', 'restore.seats-uncertain'].includes(code)),
    held: (await accountBalances(store.read, { kind: 'psp' })).reduce((sum, { balanceFen }) => sum + balanceFen, 0),
  };
}

/** What the provider holds for the hub. */
async function providerHolds({ provider }: FreshHub): Promise<number> {
  const lines = await provider.statement('20261121' as never);
  return lines.reduce((sum, { kind, amountFen }) => sum + (kind === 'payment' ? amountFen : -amountFen), 0);
}

async function expectClean(hub: FreshHub): Promise<void> {
  const found = [];
  for await (const difference of findDifferences(hub.store.read)) found.push(difference);
  expect(found.filter(({ what }) => /payments|postings|journals/.test(what))).toEqual([]);
  expect((await moneyOf(hub)).held).toBe(await providerHolds(hub));
}

/** A refund whose money is due: nobody rides on the ticket. */
async function refundTold(hub: FreshHub): Promise<void> {
  const [ticket] = await hub.store.read.db.select().from(hub.store.read.t.tickets);
  const quote = await quoteRefund(hub, { ticketNo: ticket!.ticketNo, channel: 'counter', overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  const wish = { ticketNo: ticket!.ticketNo, quoteId: quote.value.quoteId, payer: 'original' };
  const refunded = await refundTicket(hub, call(WEB), wish, NOON);
  if (!refunded.ok) throw new Error(refunded.refusal.code);
  await acknowledges(hub);
}

async function refundOne(hub: FreshHub): Promise<void> {
  await refundTold(hub);
  await sendRefunds(hub, NOON);
}

describe('money of an order that was made after the backup', () => {
  it('pays for the tickets that came back from their gate, once', async () => {
    backUp();
    const { order, payment } = await anOrder(lost, trip, { count: 2 });
    await pay(lost, payment.payUrl);
    const hub = await restored({ hears: true });
    await heard(hub);
    await readStatements(hub, hub.clock.now() + HOUR);
    expect(await moneyOf(hub)).toMatchObject({
      payments: [{ state: 'paid', taken: 1, amountFen: 8000 }],
      refunds: [],
      alarms: [],
    });
    expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'ticketed', paidFen: 8000 });
    await expectClean(hub);
  });

  it('goes back whole where nobody knows the tickets', async () => {
    backUp();
    const { payment } = await anOrder(lost, trip);
    await pay(lost, payment.payUrl);
    const hub = await restored({ hears: false });
    await heard(hub);
    expect(await moneyOf(hub)).toMatchObject({
      payments: [{ state: 'refunded', taken: 0 }],
      refunds: [{ state: 'done', fen: 4000, reason: 'payment.order-lost' }],
      alarms: [],
    });
    expect(await providerHolds(hub)).toBe(0);
    await expectClean(hub);
  });

  it('goes back but for what had gone back, where nobody knows the tickets', async () => {
    backUp();
    const { payment } = await anOrder(lost, trip, { count: 2 });
    await pay(lost, payment.payUrl);
    await refundOne(lost);
    const hub = await restored({ hears: false });
    await heard(hub);
    const { payments, refunds } = await moneyOf(hub);
    expect(payments).toMatchObject([{ state: 'refunded', refundedFen: 8000 }]);
    expect(refunds.map(({ state, fen }) => `${state} ${fen}`).sort()).toEqual(['done 3600', 'done 4400']);
    expect(await providerHolds(hub)).toBe(0);
    await expectClean(hub);
  });

  it('goes back too when it is paid on a page of the lost life after the restore', async () => {
    backUp();
    const { payment } = await anOrder(lost, trip);
    const hub = await restored({ hears: false });
    await heard(hub);
    expect((await moneyOf(hub)).payments).toEqual([]);
    await pay(hub, payment.payUrl);
    hub.clock.at += HOUR;
    await readStatements(hub, hub.clock.now());
    await sendRefunds(hub, hub.clock.now());
    expect(await providerHolds(hub)).toBe(0);
    await expectClean(hub);
  });

  it('is not sent back a second time where it had gone back, and its ticket is known as paid out', async () => {
    backUp();
    const { payment } = await anOrder(lost, trip, { count: 2 });
    await pay(lost, payment.payUrl);
    await refundOne(lost);
    const before = await providerHolds(lost);
    const hub = await restored({ hears: true });
    expect((await moneyOf(hub)).alarms).toEqual(['restore.refund-unknown']);
    await heard(hub);
    expect(await moneyOf(hub)).toMatchObject({
      payments: [{ state: 'paid', taken: 1, refundedFen: 3600 }],
      refunds: [{ state: 'done', fen: 3600, reason: 'ticket.refunded' }],
      alarms: [],
    });
    expect(await providerHolds(hub)).toBe(before);
    const { refundDues } = hub.store.read.t;
    expect(await hub.store.read.db.select().from(refundDues)).toMatchObject([
      { state: 'paid', amountFen: 3600, feeFen: 400 },
    ]);
    await expectClean(hub);
  });
});

describe('money of an order that the backup knows as not paid', () => {
  it('is not decided about before the statement was read, and buys no ticket where it had gone back', async () => {
    const { order, payment, held } = await anOrder(lost, trip);
    backUp();
    await pay(lost, payment.payUrl, 'late');
    lost.clock.at = held.expiresAt + MINUTE;
    await expireOrders(lost, lost.clock.now());
    await anOrder(lost, trip, { count: 3, first: 5 });
    await lost.psp.deliver();
    await sendRefunds(lost, lost.clock.now());
    expect(await providerHolds(lost)).toBe(0);

    const hub = await restored({ hears: true });
    await releaseStation(hub.store, OPERATOR, HANGZHOU, hub.clock.now());
    const { withheldSeats } = hub.store.read.t;
    const seats = (await hub.store.read.db.select().from(withheldSeats)).map(({ seat }) => seat);
    const { tripId } = trip;
    expect(await releaseSeats(hub.store, OPERATOR, { tripId, seats }, hub.clock.now())).toMatchObject({ ok: true });
    await checkPayments(hub, hub.clock.now());
    expect((await moneyOf(hub)).payments).toMatchObject([{ state: 'pending' }]);
    await readStatements(hub, hub.clock.now());
    expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'autoRefund' });
    expect(await moneyOf(hub)).toMatchObject({
      payments: [{ state: 'refunded', taken: 0 }],
      refunds: [{ state: 'done', fen: 4000 }],
    });
    expect(await providerHolds(hub)).toBe(0);
    await expectClean(hub);
  });

  it('issues its tickets where it was paid and nothing had become of it', async () => {
    const { order, payment } = await anOrder(lost, trip);
    backUp();
    await pay(lost, payment.payUrl);
    const hub = await restored({ hears: true });
    await heard(hub);
    expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'ticketed' });
    const { tickets } = hub.store.read.t;
    expect(await hub.store.read.db.select().from(tickets).where(eq(tickets.orderId, order.orderId))).toHaveLength(1);
    await expectClean(hub);
  });
});

it('a refund that was decided again before the statement was read is the one that the provider has made', async () => {
  const { payment } = await anOrder(lost, trip);
  await pay(lost, payment.payUrl);
  backUp();
  await refundOne(lost);
  const hub = await restored({ hears: false });
  await releaseStation(hub.store, OPERATOR, HANGZHOU, hub.clock.now());
  await refundTold(hub);
  await readStatements(hub, hub.clock.now());
  await sendRefunds(hub, hub.clock.now());
  expect((await moneyOf(hub)).refunds).toEqual([{ state: 'done', fen: 3600, reason: 'ticket.refunded' }]);
  await expectClean(hub);
});

it('a ticket that came back is not refunded to a payment that is not known yet', async () => {
  backUp();
  const { payment } = await anOrder(lost, trip);
  await pay(lost, payment.payUrl);
  const hub = await restored({ hears: true });
  await releaseStation(hub.store, OPERATOR, HANGZHOU, hub.clock.now());
  await expect(refundTold(hub)).rejects.toThrow('hub.restoring');
  await readStatements(hub, hub.clock.now());
  await refundOne(hub);
  expect((await moneyOf(hub)).refunds).toMatchObject([{ state: 'done', fen: 3600 }]);
  await expectClean(hub);
});

it('the statement is read again, and nothing is taken twice, when the hub dies while it reads', async () => {
  backUp();
  const { payment } = await anOrder(lost, trip, { count: 2 });
  await pay(lost, payment.payUrl);
  await refundOne(lost);
  const hub = await restored({ hears: true });
  await releaseStation(hub.store, OPERATOR, HANGZHOU, hub.clock.now());
  const days = await hub.store.read.db.select().from(hub.store.read.t.statementDays);
  await readStatements(hub, hub.clock.now());
  const before = await moneyOf(hub);
  await hub.store.transaction((tx) => tx.db.insert(tx.t.statementDays).values(days).onConflictDoNothing());
  await readStatements(hub, hub.clock.now());
  expect(await moneyOf(hub)).toEqual(before);
  await expectClean(hub);
});

describe('a clock that was wrong', () => {
  it('in the backup, which tells of tomorrow: the statements of a month are read', async () => {
    lost.clock.at += 24 * HOUR;
    await anOrder(lost, trip);
    backUp();
    lost.clock.at -= 24 * HOUR;
    const { payment } = await anOrder(lost, trip, { first: 1 });
    await pay(lost, payment.payUrl);
    const hub = await restored({ hears: true });
    await heard(hub);
    expect((await moneyOf(hub)).payments).toContainEqual({ state: 'paid', taken: 1, refundedFen: 0, amountFen: 4000 });
    await expectClean(hub);
  });

  it('at the restore, and was set back: money does not wait for tomorrow', async () => {
    const { order, payment } = await anOrder(lost, trip);
    backUp();
    await pay(lost, payment.payUrl);
    lost.clock.at += 24 * HOUR;
    const hub = await restored({ hears: true });
    hub.clock.at -= 24 * HOUR;
    await heard(hub);
    expect(await findOrder(hub.store.read, order.orderId)).toMatchObject({ state: 'ticketed' });
    expect(await hub.store.read.db.select().from(hub.store.read.t.statementDays)).toEqual([]);
    expect((await moneyOf(hub)).payments).toMatchObject([{ state: 'paid', taken: 1 }]);
    await expectClean(hub);
  });
});
