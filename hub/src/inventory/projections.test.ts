import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticketsOfPerson } from '../orders/query-orders.ts';
import { type FreshHub, freshHub, grants, HANGZHOU, onSale, says } from '../testing/fresh-hub.ts';

const trip = aTrip();
const bizDate = '20261121';
let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
});
afterEach(() => hub.end());

/** A ticket of the station's own, as it tells it. */
function aTicket(serial: number, wishes: Partial<TicketBody> = {}): TicketBody {
  return {
    ticketNo: `${HANGZHOU}1001${String(serial).padStart(7, '0')}`,
    orderId: `o${serial}`,
    tripId: trip.tripId,
    epoch: 1,
    seat: '01',
    legs: legsBetween(0, 2),
    from: 0,
    to: 2,
    fareType: 'full',
    fareFen: 4000,
    insuranceFen: 0,
    payMethod: 'cash',
    channel: 'counter',
    seller: HANGZHOU,
    terminal: '001',
    clerk: 'u1',
    shiftId: 's1',
    rules: 'national-1',
    soldAt: NOON,
    bizDate,
    home: HANGZHOU,
    printSeq: 1,
    ...wishes,
  };
}

const moved = (ticketNo: string) => ({ ticketNo, tripId: trip.tripId, at: NOON, bizDate, by: 'u1' });
const stateOf = async (ticketNo: string) => {
  const { db, t } = hub.store.read;
  return (await db.select().from(t.tickets).where(eq(t.tickets.ticketNo, ticketNo)))[0]?.state;
};
const tickets = () => hub.store.read.db.select().from(hub.store.read.t.tickets);

describe('seats', () => {
  it('come before or after their trip and stand in the order of its plan either way', async () => {
    await grants(hub, trip, '12');
    await grants(hub, trip, '03');
    await onSale(hub, trip, 0);
    await grants(hub, trip, '07');
    const seats = await seatsOfTrip(hub.store.read, trip.tripId);
    expect(seats.map(({ seat, mine }) => `${seat} ${mine}`)).toEqual(['03 3', '07 3', '12 3']);
  });

  it('stop their lane when a leg would have two owners', async () => {
    await grants(hub, trip, '12');
    await expect(grants(hub, trip, '12')).rejects.toMatchObject({ code: 'seat.ownership-broken' });
  });
});

describe('tickets of a station', () => {
  beforeEach(() => onSale(hub, trip, 0));

  it('go through their life at the hub as at home', async () => {
    const [boarded, forfeited, refunded] = [aTicket(1), aTicket(2, { seat: '02' }), aTicket(3, { seat: '03' })];
    for (const ticket of [boarded, forfeited, refunded]) await says(hub, HANGZHOU, 'ticket.sold', ticket);
    await says(hub, HANGZHOU, 'ticket.collected', { ...moved(boarded.ticketNo), printSeq: 2 });
    await says(hub, HANGZHOU, 'ticket.boarded', { ...moved(boarded.ticketNo), printSeq: 2, late: false });
    await says(hub, HANGZHOU, 'ticket.unboarded', moved(boarded.ticketNo));
    expect(await stateOf(boarded.ticketNo)).toBe('collected');
    await says(hub, HANGZHOU, 'ticket.boarded', { ...moved(boarded.ticketNo), printSeq: 2, late: false });
    await says(hub, HANGZHOU, 'ticket.forfeited', moved(forfeited.ticketNo));
    await says(hub, HANGZHOU, 'ticket.refunded', {
      ...moved(refunded.ticketNo),
      refundFen: 3600,
      feeFen: 400,
      payer: HANGZHOU,
      reason: null,
      rules: 'national-1',
    });
    await says(hub, HANGZHOU, 'trip.departed', {
      tripId: trip.tripId,
      stop: 0,
      at: NOON,
      bizDate,
      boarded: 1,
      forfeited: 1,
      vehicle: null,
    });
    expect((await tickets()).map(({ state }) => state)).toEqual(['departed', 'forfeited', 'refunded']);
  });

  it('have travelled when their gate was restored and says of them again what it has lost, or that they did not come', async () => {
    const [again, missed] = [aTicket(1), aTicket(2, { seat: '02' })];
    for (const ticket of [again, missed]) {
      await says(hub, HANGZHOU, 'ticket.sold', ticket);
      await says(hub, HANGZHOU, 'ticket.boarded', { ...moved(ticket.ticketNo), printSeq: 1, late: false });
    }
    await says(hub, HANGZHOU, 'ticket.boarded', { ...moved(again.ticketNo), printSeq: 1, late: false });
    await says(hub, HANGZHOU, 'ticket.forfeited', moved(missed.ticketNo));
    expect((await tickets()).map(({ state }) => state)).toEqual(['boarded', 'boarded']);
    await says(hub, HANGZHOU, 'ticket.unboarded', moved(again.ticketNo));
    await says(hub, HANGZHOU, 'ticket.unboarded', moved(again.ticketNo));
    expect(await stateOf(again.ticketNo)).toBe('sold');
  });

  it('are found by the document of their passenger, whom no row names', async () => {
    const who = aPassenger(3);
    const { sealed } = hub.persons.seal(who, bizDate);
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(1), sealed);
    expect(await ticketsOfPerson(hub, who.idType, who.idNo)).toMatchObject([
      { ticketNo: aTicket(1).ticketNo, passenger: '测**' },
    ]);
    expect(JSON.stringify(await tickets())).not.toContain(who.idNo);
  });

  it('wait, parked, when they speak of what has not come or is not theirs', async () => {
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(1));
    await expect(
      says(hub, HANGZHOU, 'ticket.voided', { ...moved(aTicket(9).ticketNo), shiftId: 's1' }),
    ).rejects.toMatchObject({ code: 'ticket.unknown' });
    await expect(
      says(hub, '330200001', 'ticket.voided', { ...moved(aTicket(1).ticketNo), shiftId: 's1' }),
    ).rejects.toMatchObject({ code: 'ticket.other-home' });
    await expect(
      says(hub, '330200001', 'trip.published', {
        ...trip,
        stops: [...trip.stops],
        seats: ['01'],
        fares: { ...trip.fares },
      }),
    ).rejects.toMatchObject({ code: 'trip.other-origin' });
    await expect(says(hub, HANGZHOU, 'ticket.sold', aTicket(1))).rejects.toMatchObject({ code: 'ticket.number-twice' });
    expect(await stateOf(aTicket(1).ticketNo)).toBe('sold');
  });

  it('make the hub lease numbers on before a terminal runs out, never the same twice', async () => {
    const leases = async () => {
      const { db, t } = hub.store.read;
      return (await db.select().from(t.outbox).where(eq(t.outbox.type, 'numbers.leased'))).map(
        ({ fact }) => JSON.parse(fact) as { terminal: string; first: number },
      );
    };
    const { leaseNumbers } = await import('../stations/lease-numbers.ts');
    await hub.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, NOON));
    expect(await leases()).toHaveLength(15);
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(6999));
    expect(await leases()).toHaveLength(15);
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(7001, { seat: '02' }));
    expect((await leases()).slice(15)).toEqual([{ terminal: '001', first: 10_000, count: 10_000 }]);
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(7002, { seat: '03' }));
    expect(await leases()).toHaveLength(16);
  });
});

describe('a suspended trip', () => {
  it('holds nothing and is not sold any more', async () => {
    await onSale(hub, trip, 2);
    const { anOrder, pay } = await import('../testing/fresh-hub.ts');
    const { order, payment } = await anOrder(hub, trip);
    await says(hub, HANGZHOU, 'trip.suspended', { tripId: trip.tripId, at: NOON, reason: '大雾' });
    expect((await seatsOfTrip(hub.store.read, trip.tripId)).every(({ held }) => held === 0)).toBe(true);
    await pay(hub, payment.payUrl);
    const { db, t } = hub.store.read;
    expect(
      await db.select({ state: t.orders.state }).from(t.orders).where(eq(t.orders.orderId, order.orderId)),
    ).toEqual([{ state: 'autoRefund' }]);
  });
});

describe('facts played again from the start', () => {
  it('make the same hub', async () => {
    const other = await freshHub();
    for (const each of [hub, other]) {
      await grants(each, trip, '12');
      await onSale(each, trip, 2);
      for (let serial = 1; serial <= 20; serial += 1)
        await says(each, HANGZHOU, 'ticket.sold', aTicket(serial, { seat: String(serial).padStart(2, '0') }));
      for (let serial = 1; serial <= 20; serial += 3)
        await says(each, HANGZHOU, 'ticket.voided', { ...moved(aTicket(serial).ticketNo), shiftId: 's1' });
    }
    const rows = async ({ store }: FreshHub) => {
      const { db, t } = store.read;
      return [
        await db.select().from(t.tickets),
        await db.select().from(t.trips),
        await db.select().from(t.seats),
        await db.select().from(t.tripStops),
      ];
    };
    expect(await rows(hub)).toEqual(await rows(other));
    await other.end();
  });
});
