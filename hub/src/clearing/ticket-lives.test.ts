import { sumOf } from '@lianpiao/shared/domain/clear';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { NOON } from '@lianpiao/shared/testing/builders';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HUB } from '../hub.ts';
import { accountBalances } from '../ledger/account-balances.ts';
import { checkChain } from '../ledger/check-chain.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import { aRun, aTicket, type Books, freshBooks, HANGZHOU, SHAOXING, WAYSIDE } from '../testing/fresh-books.ts';
import { clearDeparted } from './clear-departed.ts';
import { liveClearing } from './clearing-rows.ts';
import { countAsTravelled } from './count-as-travelled.ts';

const DAY = '20261121';
const HOUR = 3_600_000;
const GATES = [HANGZHOU, SHAOXING] as const;

const anyLife = fc.record({
  from: fc.constantFrom(0, 1, WAYSIDE),
  paid: fc.constantFrom('cash', 'psp', 'credit', 'online'),
  fareFen: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 })),
  insuranceFen: fc.constantFrom(0, 100),
  fate: fc.constantFrom(
    'voided',
    'refunded',
    'rebooked',
    'rode',
    'missed',
    'boarded after the departure',
    'rode and was refunded',
    'was refunded and rode',
    'nobody spoke of it',
    'its sale came late',
  ),
});
type Life = typeof anyLife extends fc.Arbitrary<infer Value> ? Value : never;

let books: Books;
let runs = 0;
beforeAll(async () => {
  books = await freshBooks();
});
afterAll(() => books.end());

function ticketOf(trip: Trip, { from, paid, fareFen, insuranceFen }: Life, shiftId: string): TicketBody {
  const price = { from, fareFen, insuranceFen };
  if (paid === 'online') return aTicket(trip, { ...price, home: HUB });
  return aTicket(trip, { ...price, payMethod: paid, shiftId: paid === 'cash' ? shiftId : null });
}

/** The events of one ticket, as its home and its boarding station make them. */
function storyOf(other: Trip, shiftId: string) {
  const fact = ({ ticketNo, tripId }: TicketBody) => ({ ticketNo, tripId, at: books.clock.at, bizDate: DAY, by: 'u1' });
  const sold = (ticket: TicketBody) =>
    ticket.home === HUB ? books.sellOnline(ticket) : books.say(HANGZHOU, 'ticket.sold', ticket);
  const ended = async (ticket: TicketBody, feeFen: number) => {
    const { ticketNo, orderId, home } = ticket;
    const refundFen = ticket.fareFen + ticket.insuranceFen - feeFen;
    const refund = { ...fact(ticket), refundFen, feeFen, payer: home, reason: null, rules: 'national-1' };
    const payout = { payoutId: `out-${ticketNo}`, orderId, ticketNo, amountFen: refundFen, at: 1, bizDate: DAY };
    if (home !== HUB) {
      await books.say(HANGZHOU, 'ticket.refunded', refund);
      return books.say(HANGZHOU, 'payout.made', { ...payout, method: 'cash', shiftId });
    }
    return books.store.transaction(async (tx) => {
      await moveTicket(tx, ticketNo, ['sold', 'departed', 'boarded'], 'refunded');
      await books.money.ticketRefunded(tx, refund, { from: HUB, now: books.clock.at });
      const byProvider = { ...payout, method: 'psp' as const, shiftId: null };
      await books.money.payoutMade(tx, byProvider, { from: HUB, now: books.clock.at });
    });
  };
  const atGate = (ticket: TicketBody, what: 'ticket.boarded' | 'ticket.forfeited') => {
    const gate = GATES[ticket.from]!;
    if (what === 'ticket.forfeited') return books.say(gate, what, fact(ticket));
    return books.say(gate, what, { ...fact(ticket), printSeq: 1, late: false });
  };
  const rebooked = (ticket: TicketBody) => {
    const newTicket = aTicket(other, {
      ...ticket,
      ticketNo: aTicket(other).ticketNo,
      tripId: other.tripId,
      fareFen: 7000,
    });
    const through = { ...newTicket, from: WAYSIDE, shiftId };
    const differenceFen = 7000 - ticket.fareFen;
    return books.say(HANGZHOU, 'ticket.rebooked', { ...fact(ticket), newTicket: through, differenceFen });
  };
  return { fact, sold, ended, atGate, rebooked };
}

/** What a life can be where the ticket boards and is at home: a stop without an agent has no gate, the hub sells no voids. */
function fateOf({ from, paid, fate }: Life): Life['fate'] {
  const needsGate = ['rode', 'missed', 'boarded after the departure', 'rode and was refunded', 'was refunded and rode'];
  if (from === WAYSIDE && needsGate.includes(fate)) return 'nobody spoke of it';
  if (paid === 'online' && (fate === 'voided' || fate === 'rebooked')) return 'refunded';
  return fate;
}

it('balances after every event of any lives of tickets, splits each fare that travelled whole, and gives nothing twice', async () => {
  const { store, clock } = books;
  const { postings, journals } = store.read.t;
  const balanced = async () => {
    const [book] = await store.read.db
      .select({ sum: sql<number>`coalesce(sum(${postings.amountFen}), 0)` })
      .from(postings);
    expect(book!.sum).toBe(0);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 8 }), async (lives) => {
      runs += 1;
      clock.at = NOON;
      const [trip, other, shiftId] = [aRun(`R${runs}`), aRun(`X${runs}`), `shift-${runs}`];
      await books.publish(trip);
      await books.publish(other);
      const story = storyOf(other, shiftId);
      const tickets = lives.map((life) => ({ fate: fateOf(life), ticket: ticketOf(trip, life, shiftId) }));

      for (const { ticket, fate } of tickets) {
        if (fate !== 'its sale came late') await story.sold(ticket);
        if (fate === 'voided') await books.say(HANGZHOU, 'ticket.voided', { ...story.fact(ticket), shiftId });
        if (fate === 'refunded' || fate === 'was refunded and rode')
          await story.ended(ticket, Math.floor(ticket.fareFen / 10));
        if (fate === 'rebooked') await story.rebooked(ticket);
        if (fate.startsWith('rode') || fate === 'was refunded and rode') await story.atGate(ticket, 'ticket.boarded');
        await balanced();
      }
      clock.at = NOON + 8 * HOUR;
      for (const { ticket, fate } of tickets) {
        if (fate === 'missed' || fate === 'boarded after the departure') await story.atGate(ticket, 'ticket.forfeited');
      }
      for (const [stop, gate] of GATES.entries()) {
        const departed = {
          tripId: trip.tripId,
          stop,
          at: clock.at,
          bizDate: DAY,
          boarded: 0,
          forfeited: 0,
          vehicle: null,
        };
        await books.say(gate, 'trip.departed', departed);
        await balanced();
      }
      for (const { ticket, fate } of tickets) {
        if (fate === 'boarded after the departure') await story.atGate(ticket, 'ticket.boarded');
        if (fate === 'rode and was refunded') await story.ended(ticket, 0);
        if (fate === 'its sale came late') await story.sold(ticket);
        await balanced();
      }

      clock.at += 25 * HOUR;
      const jobs = async () => {
        await countAsTravelled(store, 0, clock.at);
        await clearDeparted(store, 0, clock.at);
        return (await store.read.db.select({ count: sql<number>`count(*)` }).from(journals))[0]!.count;
      };
      const after = await jobs();
      expect(await jobs()).toBe(after);

      for (const { ticket, fate } of tickets) {
        const split = await liveClearing(store.read, ticket.ticketNo);
        const ends = ['voided', 'refunded', 'rebooked', 'rode and was refunded', 'was refunded and rode'];
        const travelled = fate === 'rode' || fate === 'boarded after the departure' || ticket.from === WAYSIDE;
        expect([fate, split?.kind]).toEqual([
          fate,
          ends.includes(fate) ? undefined : travelled ? 'travelled' : 'noShow',
        ]);
        if (split) expect(sumOf(split.parts)).toBe(ticket.fareFen);
      }
      const drawer = (await accountBalances(store.read, { kind: 'cash' })).reduce(
        (sum, row) => sum + row.balanceFen,
        0,
      );
      const shift = { shiftId, clerk: 'u1', openedAt: 1, closedAt: 2, bizDate: DAY };
      await books.say(HANGZHOU, 'shift.closed', { ...shift, expectedFen: drawer, countedFen: drawer });

      // Nothing is left of anybody's money: it is the parties', the provider's, or back with its passenger.
      expect(await trialBalance(store.read)).toMatchObject({ sumFen: 0, unsettledTickets: [] });
      for (const kind of ['cash', 'unearned', 'refundDue'])
        expect(await accountBalances(store.read, { kind })).toEqual([]);
    }),
    { numRuns: 6 },
  );
  expect(await checkChain(store.read)).toMatchObject({ brokenAt: null });
});
