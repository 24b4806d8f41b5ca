import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from './rules.ts';
import { maySell, type SalePassenger, type SaleRequest, saleClosesAt } from './sale-rules.ts';
import { instantOf, type ServiceDate } from './service-day.ts';

const rules = DEFAULT_RULES.sale;
const MINUTE = 60_000;
const SERVICE_DATE = '20251121' as ServiceDate;
const DEPARTS = instantOf(SERVICE_DATE, 14 * 60 + 45, 'Asia/Shanghai');
const NOON = instantOf(SERVICE_DATE, 12 * 60, 'Asia/Shanghai');
const TRIP = {
  tripId: '330106001-20251121-H220',
  state: 'open',
  serviceDate: SERVICE_DATE,
  zone: 'Asia/Shanghai',
} as const;

const adult = (documentKey: string | null): SalePassenger => ({ fareType: 'full', documentKey });

function request(change: Partial<SaleRequest> = {}): SaleRequest {
  return {
    channel: 'counter',
    trip: TRIP,
    departsAt: DEPARTS,
    arrivesAt: DEPARTS + 90 * MINUTE,
    hasLeft: false,
    passengers: [adult('d1')],
    bySupervisor: false,
    lateSale: false,
    otherRides: [],
    ...change,
  };
}

describe('a sale', () => {
  it('is allowed for one passenger with a document on an open trip', () => {
    expect(maySell(request(), rules, NOON)).toBeNull();
  });

  it('names what is the matter with the trip', () => {
    const codes = (['planned', 'suspended', 'cancelled', 'missed', 'merged', 'departed'] as const).map(
      (state) => maySell(request({ trip: { ...TRIP, state }, hasLeft: state === 'departed' }), rules, NOON)?.code,
    );
    expect(codes).toEqual([
      'trip.not-open',
      'trip.suspended',
      'trip.cancelled',
      'trip.missed',
      'trip.merged',
      'trip.departed',
    ]);
  });

  it('goes on at a stop that the coach has not reached after it left its origin', () => {
    expect(maySell(request({ trip: { ...TRIP, state: 'departed' } }), rules, NOON)).toBeNull();
  });

  it('begins 15 days before the service date', () => {
    const opens = instantOf('20251106' as ServiceDate, 0, 'Asia/Shanghai');
    expect(maySell(request(), rules, opens)).toBeNull();
    expect(maySell(request(), rules, opens - 1)).toEqual({
      code: 'sale.too-early',
      tripId: TRIP.tripId,
      opensOn: '20251106',
    });
  });

  it('stops at departure at the station and 30 minutes before on line', () => {
    for (const channel of ['counter', 'kiosk'] as const) {
      expect(maySell(request({ channel }), rules, DEPARTS - 1)).toBeNull();
      expect(maySell(request({ channel }), rules, DEPARTS)).toMatchObject({
        code: 'trip.sale-closed',
        closedAt: DEPARTS,
      });
    }
    for (const channel of ['web', 'app', 'outlet', 'telephone', 'other'] as const) {
      expect(saleClosesAt(channel, DEPARTS, rules)).toBe(DEPARTS - 30 * MINUTE);
      expect(maySell(request({ channel }), rules, DEPARTS - 30 * MINUTE - 1)).toBeNull();
      expect(maySell(request({ channel }), rules, DEPARTS - 30 * MINUTE)).toMatchObject({ code: 'trip.sale-closed' });
    }
  });

  it('goes on at the counter, late, while the coach stands, and nowhere else', () => {
    expect(maySell(request({ lateSale: true }), rules, DEPARTS + MINUTE)).toBeNull();
    expect(maySell(request({ lateSale: true, hasLeft: true }), rules, DEPARTS + MINUTE)?.code).toBe('trip.departed');
    expect(maySell(request({ lateSale: true, channel: 'kiosk' }), rules, DEPARTS)?.code).toBe('trip.sale-closed');
  });

  it('stops when the dispatcher closes the trip, but for late sale', () => {
    const closed = { ...TRIP, state: 'closed' } as const;
    expect(maySell(request({ trip: closed }), rules, NOON)).toMatchObject({ code: 'trip.sale-closed', closedAt: NOON });
    expect(maySell(request({ trip: closed, lateSale: true }), rules, NOON)).toBeNull();
  });

  it('of more than five tickets needs a supervisor', () => {
    const passengers = ['a', 'b', 'c', 'd', 'e', 'f'].map(adult);
    expect(maySell(request({ passengers: passengers.slice(1) }), rules, NOON)).toBeNull();
    expect(maySell(request({ passengers }), rules, NOON)).toEqual({
      code: 'order.too-many-tickets',
      tickets: 6,
      max: 5,
    });
    expect(maySell(request({ passengers, bySupervisor: true }), rules, NOON)).toBeNull();
  });

  it('needs a document of everybody but free children, and of these too where a province says so', () => {
    const child: SalePassenger = { fareType: 'freeChild', documentKey: null };
    expect(maySell(request({ passengers: [adult('d1'), child] }), rules, NOON)).toBeNull();
    expect(maySell(request({ passengers: [adult('d1'), adult(null)] }), rules, NOON)).toEqual({
      code: 'passenger.id-missing',
      passenger: 1,
    });
    const strict = { ...rules, realName: { required: true, freeChildren: true } };
    expect(maySell(request({ passengers: [adult('d1'), child] }), strict, NOON)?.code).toBe('passenger.id-missing');
    const open = { ...rules, realName: { required: false, freeChildren: false } };
    expect(maySell(request({ passengers: [adult(null)] }), open, NOON)).toBeNull();
  });

  it('gives one document one ticket at a time: in the order and on overlapping trips', () => {
    expect(maySell(request({ passengers: [adult('d1'), adult('d1')] }), rules, NOON)).toMatchObject({
      code: 'passenger.duplicate',
      passenger: 1,
    });
    const other = (departsAt: number, arrivesAt: number) =>
      request({ otherRides: [{ documentKey: 'd1', tripId: 'other', departsAt, arrivesAt }] });
    expect(maySell(other(DEPARTS - 60 * MINUTE, DEPARTS + 1), rules, NOON)).toEqual({
      code: 'passenger.duplicate',
      passenger: 0,
      tripId: 'other',
      departsAt: DEPARTS - 60 * MINUTE,
    });
    expect(maySell(other(DEPARTS - 60 * MINUTE, DEPARTS), rules, NOON)).toBeNull();
    expect(maySell(other(DEPARTS + 90 * MINUTE, DEPARTS + 120 * MINUTE), rules, NOON)).toBeNull();
  });
});
