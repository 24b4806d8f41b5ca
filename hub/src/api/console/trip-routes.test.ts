import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBusyTrip, BUSY, type FreshConsole, freshConsole } from '../../testing/fresh-console.ts';
import { acknowledges, HANGZHOU, onSale } from '../../testing/fresh-hub.ts';
import type { TripDetail } from './bodies.ts';

let desk: FreshConsole;
beforeEach(async () => {
  desk = await freshConsole();
});
afterEach(() => desk.end());

describe('trips', () => {
  it('show each seat and leg with its owner, and the sums are the picture', async () => {
    await aBusyTrip(desk);
    const list = await desk.get<{ rows: object[] }>('/trips?date=20261123');
    expect(list.rows).toMatchObject([
      {
        sold: 2,
        remaining: { station: 40, hub: 1 },
        station: { owned: 82, sold: 2 },
        hub: { owned: 8, held: 2, sold: 2, free: 2 },
        underWay: 0,
      },
    ]);
    const detail = await desk.get<TripDetail>(`/trips/${BUSY.tripId}`);
    expect(detail.legs).toHaveLength(2);
    expect(detail.checks).toEqual({ oneTicketALeg: true, soldIsOwned: true, seatLegs: 90 });
    const cells = detail.seats.flatMap((seat) => seat.cells);
    const count = (owner: string, state: string) =>
      cells.filter((cell) => cell.owner === owner && cell.state === state).length;
    expect([count('station', 'sold'), count('hub', 'sold'), count('hub', 'held'), count('hub', 'freed')]).toEqual([
      2, 2, 2, 2,
    ]);
    expect(detail.transfers).toHaveLength(4);
    expect(detail.tickets.map(({ passenger }) => passenger)).toContain('测**');
  });

  it('are found by number and by stop, and pages hang together', async () => {
    for (const [index, tripNo] of ['A1', 'A2', 'B3'].entries())
      await onSale(desk.hub, aTrip({ tripNo, departs: 600 + index }), 0);
    expect(await desk.get('/trips?q=A')).toMatchObject({ total: 2, next: null });
    expect(await desk.get(`/trips?q=${encodeURIComponent('绍兴')}`)).toMatchObject({ total: 3 });
    expect(await desk.get('/trips?q=%25')).toMatchObject({ total: 0 });
    const first = await desk.get<{ next: string; rows: { tripNo: string }[] }>('/trips?limit=2');
    const second = await desk.get<{ next: null; rows: { tripNo: string }[] }>(
      `/trips?limit=2&after=${encodeURIComponent(first.next)}`,
    );
    expect([...first.rows, ...second.rows].map(({ tripNo }) => tripNo)).toEqual(['A1', 'A2', 'B3']);
    expect((await desk.ask('/trips?limit=201')).status).toBe(422);
    expect((await desk.ask('/trips/no-such-trip')).status).toBe(404);
  });
});

describe('orders', () => {
  it('show payment and waiting refunds, and each view has its own', async () => {
    const { kept, given, open } = await aBusyTrip(desk);
    const ids = async (query: string) =>
      (await desk.get<{ rows: { orderId: string }[] }>(`/orders?${query}`)).rows.map(({ orderId }) => orderId);
    expect(await ids('state=attention')).toEqual([given.order.orderId]);
    expect(await ids('state=open')).toEqual([open.order.orderId]);
    expect((await ids('state=ticketed')).sort()).toEqual([given.order.orderId, kept.order.orderId].sort());
    expect(await desk.get(`/orders/${given.order.orderId}`)).toMatchObject({
      order: { payment: 'paid', waitingFen: 3600, notes: ['refund-waiting'] },
      refunds: [{ state: 'waiting', amountFen: 3600, feeFen: 400 }],
    });
  });

  it('tell what happened in order, with the clock of the writer and whether the station has confirmed', async () => {
    const { kept } = await aBusyTrip(desk);
    const told = async () =>
      (await desk.get<{ history: { what: string; arrived: boolean | null }[] }>(`/orders/${kept.order.orderId}`))
        .history;
    const history = await told();
    expect(history.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['order.created', 'payment.made', 'ticket.sold', 'told.sold']),
    );
    expect(history.find(({ what }) => what === 'told.sold')).toMatchObject({ arrived: false });
    await acknowledges(desk.hub);
    expect((await told()).find(({ what }) => what === 'told.sold')).toMatchObject({ arrived: true });
  });

  it('are found by ticket number, also those that a station made', async () => {
    const { kept, stationTicket } = await aBusyTrip(desk);
    const { db, t } = desk.hub.store.read;
    const ticket = (await db.select().from(t.tickets)).find(({ orderId }) => orderId === kept.order.orderId)!;
    expect(await desk.get(`/orders?q=${ticket.ticketNo}`)).toMatchObject({
      total: 1,
      rows: [{ orderId: kept.order.orderId }],
    });
    expect(await desk.get(`/orders/${stationTicket.orderId}`)).toMatchObject({
      order: { notes: ['other-home'], seller: HANGZHOU },
    });
    expect((await desk.ask('/orders/nobody')).status).toBe(404);
  });
});
