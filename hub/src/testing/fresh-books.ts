import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { EventBody, EventType, TicketBody } from '@lianpiao/shared/protocol/events';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { HUB } from '../hub.ts';
import { projections } from '../inventory/projections.ts';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { openHubStore } from '../store/open-hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** Two stations of the network: the origin of every trip, and its second stop. */
export const HANGZHOU = '330100001';
export const SHAOXING = '330600001';
/** Stops of `aRun`: two with an agent, one where nobody checks tickets, the end. */
export const WAYSIDE = 2;

/** A trip that calls at two stations with an agent and at a stop without one. */
export function aRun(tripNo: string, departs = 18 * 60): Trip {
  const trip = aTrip({ tripNo, departs, stops: ['杭州', '绍兴', '上虞路口', '宁波'], carrier: 'zj-hz-changyun' });
  const stops = trip.stops.map((stop, index) => (index === 1 ? { ...stop, code: SHAOXING, station: SHAOXING } : stop));
  return { ...trip, stops };
}

/** A hub's books in a database file of their own, told by the hub's own projections what stations say. */
export async function freshBooks() {
  const folder = mkdtempSync(join(tmpdir(), 'lianpiao-books-'));
  const store = await openHubStore(join(folder, 'hub.sqlite'));
  await openBooks(store, NOON);
  const clock = { at: NOON, now: (): EpochMs => clock.at };
  const money = keepBooks({ provider: 'sandbox' });
  const handlers = projections({ persons: personVault(Buffer.alloc(32, 7)), money, clock, newId: randomUUID });
  await store.transaction(async (tx) => {
    const rest = { pinyin: '', address: '', state: 'enrolled', lease: 0, incarnation: 1, queued: 0, lagMs: 0 };
    await tx.db.insert(tx.t.stations).values([
      { code: HANGZHOU, name: '杭州客运中心站', grade: 1, region: '330106', ...rest },
      { code: SHAOXING, name: '绍兴客运中心', grade: 2, region: '330602', ...rest },
    ]);
  });

  let seq = 0;
  const say = <Type extends EventType>(peer: string, type: Type, fact: EventBody<Type>) =>
    store.transaction(async (tx) => {
      seq += 1;
      const handler = handlers[type] as NonNullable<FactHandlers<HubTables>[Type]>;
      await handler(tx, { seq, type, at: clock.at, agg: 'a', fact, person: null, personHash: null }, peer);
    });
  return {
    store,
    clock,
    money,
    /** A station says it. */
    say,
    publish: (trip: Trip) => store.transaction((tx) => saveTrip(tx, trip)),
    /** The hub takes the payment of an order and issues its ticket, as its verbs do. */
    sellOnline: (ticket: TicketBody, paymentId = `pay-${ticket.ticketNo}`) =>
      store.transaction(async (tx) => {
        const { orderId, bizDate, soldAt: at } = ticket;
        const amountFen = ticket.fareFen + ticket.insuranceFen;
        const origin = { from: HUB, now: clock.at };
        await money.paymentReceived(tx, { paymentId, orderId, provider: 'sandbox', amountFen, at, bizDate }, origin);
        await insertTicket(tx, ticket, null);
        await money.ticketSold(tx, ticket, origin);
      }),
    end: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Books = Awaited<ReturnType<typeof freshBooks>>;

let numbers = 0;

/** A ticket of station Hangzhou, paid in cash in shift `s1`, unless told otherwise. */
export function aTicket(trip: Trip, wishes: Partial<TicketBody> = {}): TicketBody {
  numbers += 1;
  const home = wishes.home ?? HANGZHOU;
  const online = home === HUB;
  return {
    ticketNo: `${online ? '330000900' : home}${online ? '3' : '1'}001${String(numbers).padStart(7, '0')}`,
    orderId: `order-${numbers}`,
    tripId: trip.tripId,
    epoch: 1,
    seat: '01',
    legs: 1,
    from: 0,
    to: trip.stops.length - 1,
    fareType: 'full',
    fareFen: 5000,
    insuranceFen: 100,
    payMethod: online ? 'psp' : 'cash',
    channel: online ? 'web' : 'counter',
    seller: online ? 'web-demo' : home,
    terminal: '001',
    clerk: online ? null : 'u1',
    shiftId: online ? null : 's1',
    rules: 'national-1',
    soldAt: NOON,
    bizDate: '20261121',
    home,
    printSeq: 1,
    ...wishes,
  };
}
