import type { Agent } from '@lianpiao/agent/agent';
import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { cutOffStops } from '@lianpiao/hub/cut-off/cut-off-stops';
import { introduceGates } from '@lianpiao/hub/gates/introduce-gates';
import { LinkHub } from '@lianpiao/hub/ingest/link-hub';
import { projections } from '@lianpiao/hub/inventory/projections';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { holdSeats as holdAtHub } from '@lianpiao/hub/orders/hold-seats';
import { quoteRefund as quoteAtHub } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket as refundAtHub } from '@lianpiao/hub/orders/refund-ticket';
import { stationRequests } from '@lianpiao/hub/orders/station-requests';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { enrolled, freshHub, HANGZHOU, call as hubCall, pay } from '@lianpiao/hub/testing/fresh-hub';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { remaining } from '@lianpiao/shared/domain/seats';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aPassenger, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aTripByShaoxing, SHAOXING } from './boarding-point.ts';
import { keysOf, LinkRig } from './link-rig.ts';

const trip = aTripByShaoxing(8);
const { tripId } = trip;
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
/** Minutes before the coach leaves Shaoxing, at 19:00. */
const before = (minutes: number) => NOON + (7 * 60 - minutes) * 60_000;

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

let ids = 0;
function agentOn(store: AgentStore, code: string): Agent {
  const persons = personVault(Buffer.alloc(32, 7));
  for (let month = 1; month <= 12; month += 1) persons.load(sealingKey(202600 + month, Buffer.alloc(32, month)));
  return {
    store,
    room: new DiskRoom(),
    persons,
    newId: () => `id-${code}-${ids++}`,
    station: { code: code as StationCode, name: code },
  };
}

async function aStation(code: string, now: () => number, otherKey: { keyNo: number; owner: string }) {
  const running = await rig.station(code, {
    facts: (store) => hubFacts(agentOn(store, code)),
    answers: { 'seat.request': (body) => giveSeats(agent, call(), body, now()) },
  });
  const agent = agentOn(running.store, code);
  await agent.store.transaction(async (tx) => {
    await tx.db.insert(tx.t.numberRanges).values({ terminal: '001', first: 0, next: 0, last: 9999 });
    await tx.db.insert(tx.t.ticketKeys).values({ ...otherKey, publicKey: '', revoked: 0 });
  });
  return { agent, link: running.link };
}

it('a day of origin, hub and boarding point over the real link: sold at all three, refunded, cut off, boarded, departed', async () => {
  const hub = await freshHub((...asked) => link.request(...asked));
  await enrolled(hub, SHAOXING);
  await hub.store.transaction(async (tx) => {
    tx.engine.prepare("UPDATE stations SET install_id = 'machine-' || code").run([]);
  });
  const { brokers, hubTls: tls } = rig;
  const link = new LinkHub({
    ...{ store: hub.store, room: hub.room, brokers, tls, keysOf, clock: systemClock, log: () => undefined },
    facts: () => projections(hub),
    lostFacts: lostFacts(hub),
    answers: (code) => stationRequests(hub, { forStation: async () => [] }, code),
  });
  await link.start();
  const { clock } = hub;
  const origin = await aStation(HANGZHOU, clock.now, { keyNo: 8, owner: SHAOXING });
  const point = await aStation(SHAOXING, clock.now, { keyNo: 7, owner: HANGZHOU });
  try {
    const state = async (at: { store: Agent['store'] | typeof hub.store }, ticketNo: string) =>
      (await findTicket(at.store.read, ticketNo))?.state;
    const adults = (first: number) => [{ ...aPassenger(first), fareType: 'full' as const }];
    const sellAt = async ({ agent }: typeof origin, first: number) => {
      const held = await holdSeats(agent, call(), { tripId, from: 1, to: 3, count: 1 }, clock.now());
      if (!held.ok) throw new Error(held.refusal.code);
      const { holdId } = held.value;
      const wish = { holdId, passengers: adults(first), payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
      const sold = await sell(agent, call(), wish, clock.now());
      if (!sold.ok) throw new Error(sold.refusal.code);
      return sold.value.tickets[0]!.ticketNo;
    };
    const refundAt = async ({ agent }: typeof origin, ticketNo: string) => {
      const quote = await quoteRefund(agent, { ticketNo, channel: 'counter', overrule: null }, clock.now());
      if (!quote.ok) return quote;
      const wish = { ticketNo, quoteId: quote.value.quoteId, payer: agent.station.code };
      return refundTicket(agent, call(), wish, clock.now());
    };
    const orderFromShaoxing = async (first: number) => {
      const held = await holdAtHub(hub, hubCall(), { tripId, from: 1, to: 3, count: 1 }, clock.now());
      if (!held.ok) throw new Error(held.refusal.code);
      const contact = { name: '测试甲', phone: '13800000000' };
      const wish = { holdId: held.value.holdId, passengers: adults(first), contact };
      const ordered = await createOrder(hub, hubCall(), wish, clock.now());
      if (!ordered.ok) throw new Error(ordered.refusal.code);
      await pay(hub, ordered.value.payment.payUrl);
      const { db, t } = hub.store.read;
      const rows = await db.select().from(t.tickets);
      return rows.find(({ orderId }) => orderId === ordered.value.order.orderId)!.ticketNo;
    };

    // The trip reaches the boarding point, and seats: two grants, asked for by its counter.
    await soon(() => expect(point.link.state()).toMatchObject({ online: true }));
    await soon(() => expect(origin.link.state()).toMatchObject({ online: true }));
    await introduceGates(hub, clock.now());
    await importTrips(origin.agent, [trip], clock.now());
    await soon(async () => expect(await findTrip(point.agent.store.read, tripId)).toMatchObject({ state: 'open' }));
    const recalled = await point.link.request('seat.recall', { tripId, from: 1, to: 3, count: 2 }, 'recall-1');
    expect(recalled).toEqual({ ok: true, value: { granted: 2 } });
    const seatsAtPoint = async () => remaining(await seatsOfTrip(point.agent.store.read, tripId), legsBetween(1, 3));
    await soon(async () => expect(await seatsAtPoint()).toBe(2));

    // Two are sold by each of the three, and all board at Shaoxing.
    clock.at += 2_000;
    const atOrigin = [await sellAt(origin, 1), await sellAt(origin, 2)] as const;
    const atPoint = [await sellAt(point, 3), await sellAt(point, 4)] as const;
    const online = [await orderFromShaoxing(5), await orderFromShaoxing(6)] as const;
    for (const ticketNo of [...atOrigin, ...atPoint, ...online]) {
      await soon(async () => expect(await state(point.agent, ticketNo)).toBe('sold'));
      await soon(async () => expect(await state(hub, ticketNo)).toBe('sold'));
    }

    // One of each is refunded; the origin pays when the gate has confirmed.
    expect(await refundAt(origin, atOrigin[0])).toMatchObject({ value: { payout: 'pending' } });
    await soon(async () => expect(await refundAt(origin, atOrigin[0])).toMatchObject({ value: { payout: 'paid' } }));
    expect(await refundAt(point, atPoint[0])).toMatchObject({ value: { payout: 'paid' } });
    const quote = await quoteAtHub(hub, { ticketNo: online[0], channel: 'counter', overrule: null }, clock.now());
    if (!quote.ok) throw new Error(quote.refusal.code);
    const wish = { ticketNo: online[0], quoteId: quote.value.quoteId, payer: 'original' };
    expect(await refundAtHub(hub, hubCall(), wish, clock.now())).toMatchObject({ ok: true });
    const dues = async () => hub.store.read.db.select().from(hub.store.read.t.refundDues);
    await soon(async () => expect(await dues()).toMatchObject([{ ticketNo: online[0], state: 'ready', seatFreed: 0 }]));
    for (const ticketNo of [atOrigin[0], online[0]]) expect(await state(point.agent, ticketNo)).toBe('refunded');

    // The cut-off of Shaoxing: the list is the same there, and the home of what the origin sold passes.
    clock.at = before(30);
    await cutOffStops(hub, clock.now());
    expect(await passHomes(origin.agent, clock.now())).toBe(1);
    const finals = () => finalsOf(point.agent.store.read, tripId);
    await soon(async () => expect(await finals()).toMatchObject([{ stop: 1, tickets: 1, differs: 0 }]));
    const homeAtPoint = async () => (await findTicket(point.agent.store.read, atOrigin[1]))?.home;
    await soon(async () => expect(await homeAtPoint()).toBe(SHAOXING));

    // Both gates depart; who came is aboard, whoever sold the ticket.
    expect(await departTrip(origin.agent, call(), { tripId }, clock.now())).toMatchObject({ value: { boarded: 0 } });
    clock.at = before(10);
    for (const ticketNo of [atOrigin[1], atPoint[1], online[1]])
      expect(await boardTicket(point.agent, call(), { tripId, ticketNo }, clock.now())).toMatchObject({ ok: true });
    const dead = await boardTicket(point.agent, call(), { tripId, ticketNo: atOrigin[0] }, clock.now());
    expect(dead).toMatchObject({ refusal: { code: 'ticket.ended' } });
    expect(await departTrip(point.agent, call(), { tripId }, clock.now())).toMatchObject({ value: { boarded: 3 } });
    for (const ticketNo of [atOrigin[1], atPoint[1], online[1]])
      await soon(async () => expect(await state(hub, ticketNo)).toBe('departed'));
    expect(await link.parked()).toEqual([]);
  } finally {
    await link.close();
    await hub.end();
  }
});
