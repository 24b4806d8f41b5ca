import { closeShift } from '@lianpiao/agent/shifts/close-shift';
import { refundAnywhere } from '@lianpiao/agent/tickets/refund-anywhere';
import { clearDeparted } from '@lianpiao/hub/clearing/clear-departed';
import { countAsTravelled } from '@lianpiao/hub/clearing/count-as-travelled';
import { accountBalances } from '@lianpiao/hub/ledger/account-balances';
import { checkChain } from '@lianpiao/hub/ledger/check-chain';
import { trialBalance } from '@lianpiao/hub/ledger/trial-balance';
import { expect } from 'vitest';
import type { Day } from './day.ts';

/** The hub's own jobs after the coaches have left: what no gate spoke of counts as travelled, and everything clears. */
export async function clearAll(day: Day): Promise<void> {
  const { store } = day.province.hub;
  const now = day.clock.now();
  const travelled = await countAsTravelled(store, 0, now);
  const departed = await clearDeparted(store, 0, now);
  expect([travelled.unclear, departed.unclear]).toEqual([[], []]);
  day.note('counted as travelled', travelled.cleared);
}

/** A coach broke down on its way: some who travelled, or missed it for the same reason, get everything back by an overrule. */
export async function refundAfterTravel(day: Day, count: number): Promise<void> {
  const travelled = [...day.tickets.values()].filter(
    ({ home, state }) => home !== 'hub' && (state === 'departed' || state === 'forfeited'),
  );
  for (const ticket of travelled.slice(0, count)) {
    const { ticketNo, home } = ticket;
    const { desk, clerk } = day.station(home);
    const quote = await desk.link.request('ticket.quote', { ticketNo, overrule: 'carrierFault' });
    if (!quote.ok) throw new Error(`not quoted: ${JSON.stringify(quote.refusal)}`);
    const wish = { ticketNo, quoteId: quote.value.quoteId };
    const refunded = await day.ask(clerk, (call) => refundAnywhere(desk, call, wish));
    if (!refunded.ok) throw new Error(`not refunded: ${JSON.stringify(refunded.refusal)}`);
    expect(refunded.value.feeFen).toBe(0);
    ticket.state = 'refunded';
    day.cash(home, -refunded.value.refundFen);
    day.note('refund after travel');
  }
}

/** Each drawer holds to the fen what the day took and gave. */
export async function closeShifts(day: Day): Promise<void> {
  for (const [code, { agent, clerk }] of day.province.stations) {
    const countedFen = day.drawers.get(code) ?? 0;
    const closed = await day.ask(clerk, (call) => closeShift(agent, call, countedFen, day.clock.now()));
    expect(closed).toMatchObject({ ok: true, value: { expectedFen: countedFen, differenceFen: 0 } });
  }
}

/** The books balance, nothing is left on accounts that the day was to empty, and each fare is split whole. */
export async function expectSettledBooks(day: Day): Promise<void> {
  const on = day.province.hub.store.read;
  const balance = await trialBalance(on);
  expect(balance).toMatchObject({ sumFen: 0, unsettledTickets: [] });
  for (const { sumFen } of balance.periods) expect(sumFen).toBe(0);
  for (const kind of ['unearned', 'cash', 'refundDue'])
    expect([kind, await accountBalances(on, { kind })]).toEqual([kind, []]);
  expect((await checkChain(on)).brokenAt).toBeNull();
  await expectWholeSplits(day);
  await expectProviderAgrees(day);
}

/** By plain addition over the rows of clearing: what parties have of a ticket is its fare where it rode or was missed, else nothing. */
async function expectWholeSplits(day: Day): Promise<void> {
  const { db, t } = day.province.hub.store.read;
  const had = new Map<string, number>();
  for (const { ticketNo, kind, parts } of await db.select().from(t.clearings)) {
    if (kind === 'refundFee') continue;
    const amounts = (JSON.parse(parts) as { amountFen: number }[]).map(({ amountFen }) => amountFen);
    had.set(
      ticketNo,
      amounts.reduce((sum, amount) => sum + amount, had.get(ticketNo) ?? 0),
    );
  }
  for (const { ticketNo, state, fareFen } of await db.select().from(t.tickets)) {
    const whole = state === 'departed' || state === 'forfeited' ? fareFen : 0;
    expect([ticketNo, state, had.get(ticketNo) ?? 0]).toEqual([ticketNo, state, whole]);
  }
}

/** What is left at the provider is what was paid less what was sent back. */
async function expectProviderAgrees(day: Day): Promise<void> {
  const on = day.province.hub.store.read;
  const paid = (await on.db.select().from(on.t.payments)).filter(({ providerRef }) => providerRef !== null);
  const back = await on.db.select().from(on.t.paymentRefunds);
  expect(back.filter(({ state }) => state !== 'done')).toEqual([]);
  const sum = (rows: readonly { readonly amountFen: number }[]) =>
    rows.reduce((total, { amountFen }) => total + amountFen, 0);
  expect(await accountBalances(on, { kind: 'psp' })).toEqual([
    { account: 'psp:sandbox', balanceFen: sum(paid) - sum(back) },
  ]);
}
