import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aRun, aTicket, type Books, freshBooks, HANGZHOU, SHAOXING } from '../testing/fresh-books.ts';

const trip = aRun('K1');
const ticket = aTicket(trip, { from: 1, printSeq: 1 });
const own = aTicket(trip, { from: 1, home: SHAOXING });
const said = { tripId: trip.tripId, at: NOON, bizDate: '20261121', by: 'u2' };
let books: Books;
beforeEach(async () => {
  books = await freshBooks();
  await books.publish(trip);
});
afterEach(() => books.end());

const alarms = async () => {
  const { db, t } = books.store.read;
  return db.select({ code: t.alarms.code, subject: t.alarms.subject }).from(t.alarms);
};

it('keeps a passenger aboard whose paper was handed out by a home that had not heard of the boarding, and who leaves with it', async () => {
  const { ticketNo } = ticket;
  await books.say(HANGZHOU, 'ticket.sold', ticket);
  await books.say(SHAOXING, 'ticket.boarded', { ...said, ticketNo, printSeq: 1, late: false });
  await books.say(HANGZHOU, 'ticket.collected', { ...said, ticketNo, printSeq: 2 });
  expect(await findTicket(books.store.read, ticketNo)).toMatchObject({ state: 'boarded', printSeq: 2 });
  await books.say(SHAOXING, 'ticket.unboarded', { ...said, ticketNo });
  expect(await findTicket(books.store.read, ticketNo)).toMatchObject({ state: 'collected' });
});

it('puts a passenger before a person whose sale went with the disk of the station, and goes on with the trip', async () => {
  const { ticketNo } = own;
  await books.say(SHAOXING, 'ticket.boarded', { ...said, ticketNo, printSeq: 1, late: false });
  await books.say(SHAOXING, 'ticket.unboarded', { ...said, ticketNo });
  await books.say(SHAOXING, 'ticket.forfeited', { ...said, ticketNo });
  expect(await alarms()).toEqual([{ code: 'ticket.sale-lost', subject: ticketNo }]);
  expect(await findTicket(books.store.read, ticketNo)).toBeUndefined();
});

it('waits for a sale that is here and not applied yet', async () => {
  const { ticketNo } = own;
  const fact = JSON.stringify({ ticketNo: '1', newTicket: own });
  const row = { peer: SHAOXING, lane: 'ev', seq: 1, type: 'ticket.rebooked', tv: 1, at: NOON, agg: 'other', fact };
  await books.store.transaction((tx) => tx.db.insert(tx.t.inbox).values({ ...row, hash: '', state: 'new' }));
  const boarded = books.say(SHAOXING, 'ticket.boarded', { ...said, ticketNo, printSeq: 1, late: false });
  await expect(boarded).rejects.toMatchObject({ detail: { retryable: true } });
  expect(await alarms()).toEqual([]);
});
