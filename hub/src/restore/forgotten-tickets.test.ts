import { allLegs } from '@lianpiao/shared/domain/legs';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { RANGE_COUNT } from '@lianpiao/shared/domain/ticket-number';
import { applyFact } from '@lianpiao/shared/link/facts';
import { EVENTS, type EventBody, type EventType, type TicketBody } from '@lianpiao/shared/protocol/events';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { appendEvent } from '@lianpiao/shared/store/streams';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskStation } from '../ask-station.ts';
import { findDifferences } from '../fsck/find-differences.ts';
import { accountBalances } from '../ledger/account-balances.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { intentState } from '../orders/intent-state.ts';
import { mintNumbers } from '../orders/mint-numbers.ts';
import { anOrder, enrolled, type FreshHub, freshHub, HANGZHOU, onSale, pay, says } from '../testing/fresh-hub.ts';
import { beginRestore } from './begin-restore.ts';
import { endWait } from './finish-restore.ts';
import { lostFacts } from './lost-facts.ts';
import { noteStatementDays, statementDaysDue } from './statement-days.ts';
import { freezeTrip } from './withhold-seats.ts';

const SHAOXING = '330600001';
const DAY_MS = 24 * 3_600_000;
const trip = aTrip();
const { tripId } = trip;
let hub: FreshHub;
let answers: AskStation;
beforeEach(async () => {
  answers = async () => refuse({ code: 'link.offline' });
  hub = await freshHub((...asked) => answers(...asked), keepBooks({ provider: 'sandbox' }));
  await openBooks(hub.store, NOON);
  await enrolled(hub, SHAOXING);
});
afterEach(() => hub.end());

const restored = () =>
  hub.store.transaction((tx) => beginRestore(tx, { code: 'hub.told-by-operator', detail: '' }, undefined, NOON));
/** A station sends back what the hub had told it, into the hub's own stream. */
const sendsBack = <Type extends EventType>(peer: string, type: Type, fact: EventBody<Type>) =>
  hub.store.transaction(async (tx) => {
    const event = { type, tv: EVENTS[type].tv, at: NOON, agg: 'a', person: null, personHash: null };
    const row = { ...event, fact: JSON.stringify(fact) };
    const { seq } = await appendEvent(tx, peer, 'seat', row);
    await applyFact(tx, lostFacts(hub), { ...row, peer, seq });
  });
const heard = (station: string) => hub.store.transaction((tx) => endWait(tx, station, false, NOON));
const stateOf = async (ticketNo: string) => (await findTicket(hub.store.read, ticketNo))?.state;
const balance = async (account: string) =>
  (await accountBalances(hub.store.read)).find((row) => row.account === account)?.balanceFen ?? 0;

async function differences(): Promise<string[]> {
  const found: string[] = [];
  for await (const { what, where } of findDifferences(hub.store.read)) found.push(`${what} ${where}`);
  // Tickets that a test wrote by hand have no stream before them and no payment behind them.
  return found.filter((line) => /^(seats|tickets.two|journals.row|postings|numbers)/.test(line));
}

async function aTicket() {
  await onSale(hub, trip, 2);
  const { payment } = await anOrder(hub, trip);
  await pay(hub, payment.payUrl);
  const { db, t } = hub.store.read;
  const [ticket] = await db.select().from(t.tickets);
  return ticket!;
}

/** A ticket of the hub as its gate was told of it, in the part that is lost. */
function sold(serial: number, seat: string, soldAt: number): TicketBody {
  return {
    ...{ tripId, epoch: 1, seat, legs: Number(allLegs(trip.stops.length)), from: 0, to: trip.stops.length - 1 },
    ticketNo: `3300009003001${String(serial).padStart(7, '0')}`,
    orderId: `o${serial}`,
    ...{ fareType: 'full', fareFen: 4000, insuranceFen: 0, payMethod: 'psp', channel: 'web', seller: 'web-demo' },
    ...{ terminal: '001', clerk: null, shiftId: null, rules: 'national-1', soldAt, bizDate: '20261121' },
    ...{ home: 'hub', printSeq: 0 },
  };
}

describe('a hub that was restored', () => {
  it('ends a ticket for whose refund a station has paid cash, with what was paid and the rest as its fee', async () => {
    const { ticketNo, orderId, fareFen, insuranceFen } = await aTicket();
    const amountFen = fareFen + insuranceFen - 400;
    await restored();
    const paid = { payoutId: 'p1', orderId, ticketNo, amountFen, method: 'cash' as const, shiftId: 's1' };
    await says(hub, SHAOXING, 'payout.made', { ...paid, at: NOON, bizDate: '20261121' });
    expect(await stateOf(ticketNo)).toBe('refunded');
    expect([await balance(`refundDue:${orderId}`), await balance(`unearned:${tripId}`)]).toEqual([0, 0]);
    const { db, t } = hub.store.read;
    expect(await db.select().from(t.refundDues)).toMatchObject([{ ticketNo, amountFen, feeFen: 400, state: 'paid' }]);
    // The seat may be another's by now: nobody gets it before the station was heard.
    const free = (await seatsOfTrip(hub.store.read, tripId)).filter(
      ({ mine, sold, blocked }) => mine & ~sold & ~blocked,
    );
    expect(free).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it('waits with cash that was paid for a ticket whose home has told neither its end nor that it gave it away', async () => {
    await onSale(hub, trip, 1);
    const ticketNo = `${HANGZHOU}10010000001`;
    await says(hub, HANGZHOU, 'ticket.sold', {
      ...sold(1, '01', NOON),
      ...{
        ticketNo,
        home: HANGZHOU,
        channel: 'counter',
        seller: HANGZHOU,
        payMethod: 'cash',
        clerk: 'u1',
        shiftId: 's1',
      },
    });
    await restored();
    const paid = { payoutId: 'p1', orderId: 'o1', ticketNo, amountFen: 3600, method: 'cash' as const, shiftId: 's1' };
    await expect(says(hub, HANGZHOU, 'payout.made', { ...paid, at: NOON, bizDate: '20261121' })).rejects.toMatchObject({
      code: 'ticket.not-told-yet',
      detail: { retryable: true },
    });
  });

  it('ends the earlier one of two tickets for one seat of which the later came back, when all stations were heard', async () => {
    const earlier = await aTicket();
    await restored();
    const later = sold(77, earlier.seat, NOON + 60_000);
    await sendsBack(HANGZHOU, 'hub-ticket.sold', later);
    await heard(HANGZHOU);
    expect([await stateOf(earlier.ticketNo), await stateOf(later.ticketNo)]).toEqual(['refunded', 'sold']);
    const [seat] = (await seatsOfTrip(hub.store.read, tripId)).filter((each) => each.seat === earlier.seat);
    expect(seat).toMatchObject({ sold: Number(allLegs(trip.stops.length)) });
    await heard(SHAOXING);
    expect(await differences()).toEqual([]);
  });

  it('keeps an exchange that came back from one station before its sale came back from another', async () => {
    await onSale(hub, trip, 1);
    await restored();
    const old = sold(5, '45', NOON);
    const newTicket = {
      ...sold(6, '02', NOON),
      ...{ ticketNo: `${SHAOXING}10010000001`, home: SHAOXING, seller: SHAOXING, channel: 'counter' as const },
      ...{ payMethod: 'cash' as const, clerk: 'u1', shiftId: 's1', orderId: old.orderId },
    };
    const moved = { ticketNo: old.ticketNo, tripId, at: NOON, bizDate: '20261121', by: SHAOXING };
    await sendsBack(SHAOXING, 'exchange.committed', { ...moved, newTicket, differenceFen: 0, exchangeId: 'x1' });
    expect(await stateOf(newTicket.ticketNo)).toBeUndefined();
    await sendsBack(HANGZHOU, 'hub-ticket.sold', old);
    expect([await stateOf(old.ticketNo), await stateOf(newTicket.ticketNo)]).toEqual(['rebooked', 'sold']);
    expect(await balance(`unearned:${tripId}`)).toBe(-4000);
  });

  it('keeps an exchange that came back before the trip of its old ticket until that trip is back', async () => {
    await restored();
    const old = sold(5, '45', NOON);
    const newTicket = {
      ...sold(6, '02', NOON),
      ...{ ticketNo: `${SHAOXING}10010000001`, home: SHAOXING, seller: SHAOXING, channel: 'counter' as const },
      ...{ payMethod: 'cash' as const, clerk: 'u1', shiftId: 's1', orderId: old.orderId },
    };
    const moved = { ticketNo: old.ticketNo, tripId, at: NOON, bizDate: '20261121', by: SHAOXING };
    await sendsBack(HANGZHOU, 'hub-ticket.sold', old);
    await sendsBack(SHAOXING, 'exchange.committed', { ...moved, newTicket, differenceFen: 0, exchangeId: 'x1' });
    expect(await stateOf(old.ticketNo)).toBe('sold');
    await onSale(hub, trip, 0);
    expect([await stateOf(old.ticketNo), await stateOf(newTicket.ticketNo)]).toEqual(['rebooked', 'sold']);
  });

  it('ends a ticket that a station has exchanged by its yes, and books the exchange by the rules', async () => {
    const old = await aTicket();
    await restored();
    const newTicket = {
      ...sold(6, '02', NOON),
      ...{ ticketNo: `${SHAOXING}10010000001`, home: SHAOXING, seller: SHAOXING, channel: 'counter' as const },
      ...{ payMethod: 'cash' as const, clerk: 'u1', shiftId: 's1', orderId: old.orderId, fareFen: old.fareFen },
    };
    const fact = { exchangeId: 'x1', oldTicketNo: old.ticketNo, newTicket, at: NOON };
    await says(hub, SHAOXING, 'ticket.exchanged', fact);
    expect(await stateOf(old.ticketNo)).toBe('rebooked');
    expect(await balance(`unearned:${tripId}`)).toBe(-old.fareFen);
    expect((await seatsOfTrip(hub.store.read, tripId)).some(({ sold }) => sold !== 0)).toBe(false);
  });

  it('says that sales without a gate are missing, and leaves what they may sit on to a person', async () => {
    const { db, t } = hub.store.read;
    // Only its origin has an agent.
    await onSale(hub, trip, 1);
    const mark = { dbId: 'd', hubIncarnation: 1, numbersEnd: 0, gateless: 1, lanes: new Map() };
    await hub.store.transaction((tx) => beginRestore(tx, { code: 'hub.database-older', detail: '' }, mark, NOON));
    await heard(HANGZHOU);
    expect((await db.select().from(t.withheldSeats)).map(({ why }) => why)).toEqual(['uncertain']);
    await heard(SHAOXING);
    expect((await db.select().from(t.alarms)).map(({ code }) => code)).toContain('restore.seats-uncertain');
  });

  it('asks the homes of the tickets before it says that a request never came, and says so only when they all have', async () => {
    const asked = { key: 'k1', ticketNos: [`${HANGZHOU}10010000001`] };
    const ask = () => intentState(hub, SHAOXING, asked, NOON);
    await restored();
    expect(await ask()).toMatchObject({ refusal: { code: 'link.no-answer', silent: [HANGZHOU] } });
    answers = (async () => ({ ok: true, value: { state: 'yes', answer: { person: null } } })) as unknown as AskStation;
    expect(await ask()).toMatchObject({ value: { state: 'yes', answer: { person: null } } });
    const heardKeys: string[] = [];
    answers = (async (station: string, _kind: string, { key }: { key: string }) => {
      heardKeys.push(`${station} ${key.split('/')[1]}`);
      return { ok: true, value: { state: 'never-seen' } };
    }) as unknown as AskStation;
    expect(await ask()).toMatchObject({ value: { state: 'never-seen' } });
    expect(heardKeys).toEqual([`${HANGZHOU} ${HANGZHOU}`]);
  });

  it('gives no number again of a life that was lost after it had begun at the floor', async () => {
    const numbers = () => hub.store.transaction((tx) => mintNumbers(tx, 'web', '001', 1, NOON));
    await restored();
    const backup = await hub.store.read.db.select().from(hub.store.read.t.numberLeases);
    const lost = await numbers();
    // The database is again as it was before that number, and no marker tells of it.
    await hub.store.transaction(async (tx) => {
      await tx.db.delete(tx.t.numberLeases);
      if (backup.length > 0) await tx.db.insert(tx.t.numberLeases).values(backup);
    });
    await restored();
    expect(Number((await numbers())[0]!.slice(13)) - Number(lost[0]!.slice(13))).toBeGreaterThanOrEqual(RANGE_COUNT);
  });

  it('reads the statement of the right day though its clock was a day behind when it was restored', async () => {
    await hub.store.transaction((tx) => noteStatementDays(tx, NOON - DAY_MS));
    expect((await statementDaysDue(hub.store.read, NOON)).at(-1)).toBe('20261121');
  });

  it('keeps nothing for a person to release that it has given away since, as a later restore shows', async () => {
    await onSale(hub, trip, 1);
    const { seat } = (await seatsOfTrip(hub.store.read, tripId)).find(({ mine }) => mine !== 0)!;
    await hub.store.transaction(async (tx) => {
      await freezeTrip(tx, tripId, NOON);
      await tx.db.update(tx.t.withheldSeats).set({ why: 'uncertain' });
    });
    await restored();
    const legs = allLegs(trip.stops.length);
    await sendsBack(HANGZHOU, 'seat.granted', { transferId: 'lost', tripId, epoch: 1, seat, legs });
    await heard(HANGZHOU);
    const { db, t } = hub.store.read;
    expect(await db.select().from(t.withheldSeats)).toEqual([]);
    expect((await seatsOfTrip(hub.store.read, tripId)).find((each) => each.seat === seat)).toMatchObject({
      blocked: 0,
    });
  });
});
