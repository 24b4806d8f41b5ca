import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fen, fen } from './money.ts';
import { mayConfirmRefund, quoteRefund, type RefundRequest } from './refund-rules.ts';
import { DEFAULT_RULES } from './rules.ts';
import { TICKET_STATES } from './ticket.ts';
import { TRIP_STATES } from './trip-states.ts';

const rules = DEFAULT_RULES.refund;
const MINUTE = 60_000;
const DEPARTS = 100_000 * MINUTE;
const before = (minutes: number) => DEPARTS - minutes * MINUTE;

function request(change: Partial<RefundRequest> = {}, fareFen = fen(5000)): RefundRequest {
  return {
    ticket: { ticketNo: '33010600110020001234', state: 'sold', fareFen, insuranceFen: fen(100) },
    tripState: 'open',
    departsAt: DEPARTS,
    channel: 'counter',
    overrule: null,
    ...change,
  };
}

const inState = (state: RefundRequest['ticket']['state']) => ({ ticket: { ...request().ticket, state } });

describe('a refund', () => {
  it('costs 10 % until two hours before departure, then 20 %, and the insurance comes back whole', () => {
    expect(quoteRefund(request(), rules, before(120))).toEqual({
      ok: true,
      value: {
        ticketNo: '33010600110020001234',
        tier: 'early',
        paidFen: 5100,
        feeFen: 500,
        insuranceFen: 100,
        refundFen: 4600,
        quotedAt: before(120),
        expiresAt: before(110),
      },
    });
    expect(quoteRefund(request(), rules, before(120) + 1)).toMatchObject({
      value: { tier: 'late', feeFen: 1000, refundFen: 4100 },
    });
  });

  it('costs at least 0.50 and 1.00 yuan, and never more than the fare', () => {
    expect(quoteRefund(request({}, fen(300)), rules, before(200))).toMatchObject({ value: { feeFen: 50 } });
    expect(quoteRefund(request({}, fen(300)), rules, before(20))).toMatchObject({ value: { feeFen: 100 } });
    expect(quoteRefund(request({}, fen(70)), rules, before(20))).toMatchObject({
      value: { feeFen: 70, refundFen: 100 },
    });
    expect(quoteRefund(request({}, fen(0)), rules, before(20))).toMatchObject({ value: { feeFen: 0, refundFen: 100 } });
  });

  it('rounds half a fen of fee up', () => {
    expect(quoteRefund(request({}, fen(3335)), rules, before(200))).toMatchObject({ value: { feeFen: 334 } });
  });

  it('ends at departure', () => {
    expect(quoteRefund(request(), rules, DEPARTS - 1).ok).toBe(true);
    expect(quoteRefund(request(), rules, DEPARTS)).toEqual({
      ok: false,
      refusal: { code: 'refund.after-departure', ticketNo: '33010600110020001234', departedAt: DEPARTS },
    });
  });

  it('stays possible before departure for a ticket that missed the gate', () => {
    expect(quoteRefund(request(inState('forfeited')), rules, before(1))).toMatchObject({ value: { tier: 'late' } });
  });

  it('is free after departure too, where the trip was suspended, missed or cancelled', () => {
    for (const tripState of ['suspended', 'missed', 'cancelled'] as const) {
      for (const channel of ['counter', 'web'] as const) {
        expect(quoteRefund(request({ tripState, channel }), rules, DEPARTS + 1)).toMatchObject({
          value: { tier: 'letDown', feeFen: 0, refundFen: 5100 },
        });
      }
    }
  });

  it('of a ticket that has travelled needs an overrule code, whatever became of the trip', () => {
    expect(quoteRefund(request({ tripState: 'cancelled', ...inState('departed') }), rules, DEPARTS + 1)).toMatchObject({
      refusal: { code: 'refund.after-departure' },
    });
  });

  it('is free with an overrule code, known and used at a counter, even for a ticket that has travelled', () => {
    const overrule = 'carrierFault';
    expect(quoteRefund(request({ overrule, ...inState('departed') }), rules, DEPARTS + 1)).toMatchObject({
      value: { tier: 'overrule', feeFen: 0, refundFen: 5100 },
    });
    expect(quoteRefund(request({ overrule: 'because' }), rules, before(200))).toMatchObject({
      refusal: { code: 'refund.unknown-overrule' },
    });
    expect(quoteRefund(request({ overrule, channel: 'web' }), rules, before(200))).toMatchObject({
      refusal: { code: 'refund.overrule-at-counter' },
    });
  });

  it('on line ends 24 hours before departure', () => {
    expect(quoteRefund(request({ channel: 'web' }), rules, before(1440)).ok).toBe(true);
    expect(quoteRefund(request({ channel: 'web' }), rules, before(1440) + 1)).toMatchObject({
      refusal: { code: 'refund.counter-only', onlineUntil: before(1440) },
    });
    expect(quoteRefund(request({ channel: 'kiosk' }), rules, before(60)).ok).toBe(true);
  });

  it('is refused for tickets on the coach and for ended ones', () => {
    expect(quoteRefund(request(inState('boarded')), rules, before(10))).toMatchObject({
      refusal: { code: 'ticket.boarded' },
    });
    for (const state of ['refunded', 'voided', 'rebooked'] as const) {
      expect(quoteRefund(request({ ...inState(state), overrule: 'delay' }), rules, before(200))).toMatchObject({
        refusal: { code: 'ticket.ended', state },
      });
    }
    expect(quoteRefund(request(inState('departed')), rules, before(1))).toMatchObject({
      refusal: { code: 'refund.after-departure' },
    });
  });

  it('is promised for ten minutes and, where the fee follows the clock, not past departure', () => {
    const quote = quoteRefund(request(), rules, before(4));
    expect(quote).toMatchObject({ value: { expiresAt: DEPARTS } });
    expect(mayConfirmRefund({ expiresAt: DEPARTS }, DEPARTS - 1)).toBeNull();
    expect(mayConfirmRefund({ expiresAt: DEPARTS }, DEPARTS)).toEqual({
      code: 'refund.quote-expired',
      expiredAt: DEPARTS,
    });
  });

  it('never exceeds what was paid, never takes more than the fare, and adds up', () => {
    const money = (max: number) => fc.nat({ max }).map((amount) => amount as Fen);
    fc.assert(
      fc.property(
        money(50_000),
        money(1000),
        fc.integer({ min: -3000, max: 20_000 }),
        fc.constantFrom(...TRIP_STATES.states),
        fc.constantFrom(...TICKET_STATES.states),
        fc.constantFrom(null, 'weather'),
        (fareFen, insuranceFen, minutes, tripState, state, overrule) => {
          const ticket = { ticketNo: 'T', state, fareFen, insuranceFen };
          const quote = quoteRefund(request({ ticket, tripState, overrule }), rules, before(minutes));
          if (!quote.ok) return;
          const { paidFen, feeFen, refundFen } = quote.value;
          expect(paidFen).toBe(fareFen + insuranceFen);
          expect(refundFen + feeFen).toBe(paidFen);
          expect(feeFen).toBeGreaterThanOrEqual(0);
          expect(feeFen).toBeLessThanOrEqual(fareFen);
          expect(refundFen).toBeGreaterThanOrEqual(insuranceFen);
          expect(quote.value.expiresAt).toBeGreaterThan(before(minutes));
        },
      ),
    );
  });

  it('never costs less when it is asked for later', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50_000 }), fc.nat({ max: 500 }), fc.nat({ max: 500 }), (fare, a, b) => {
        const feeAt = (minutes: number) => {
          const quote = quoteRefund(request({}, fare as Fen), rules, before(minutes + 1));
          return quote.ok ? quote.value.feeFen : Number.POSITIVE_INFINITY;
        };
        expect(feeAt(Math.min(a, b))).toBeGreaterThanOrEqual(feeAt(Math.max(a, b)));
      }),
    );
  });
});
