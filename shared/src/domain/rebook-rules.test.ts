import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fen, fen } from './money.ts';
import { mayRebook, type RebookRequest, rebookDifference } from './rebook-rules.ts';
import { DEFAULT_RULES } from './rules.ts';
import { TICKET_STATES } from './ticket.ts';

const rules = DEFAULT_RULES.rebook;
const DEPARTS = 1_000_000;
const TRIP = { lineCode: 'HZ-JX', vehicleClass: 'large-1', departsAt: DEPARTS };

function request(change: { ticket?: object; from?: object; to?: object } = {}): RebookRequest {
  return {
    ticket: { ticketNo: 'T1', state: 'sold', timesRebooked: 0, ...change.ticket },
    from: { ...TRIP, state: 'open', ...change.from },
    to: { ...TRIP, departsAt: DEPARTS + 3_600_000, ...change.to },
  };
}

describe('a rebooking', () => {
  it('is allowed once, before departure, on the same line and vehicle class', () => {
    expect(mayRebook(request(), rules, DEPARTS - 1)).toBeNull();
    expect(mayRebook(request(), rules, DEPARTS)).toEqual({
      code: 'rebook.after-departure',
      ticketNo: 'T1',
      departedAt: DEPARTS,
    });
    expect(mayRebook(request({ ticket: { timesRebooked: 1 } }), rules, 0)).toMatchObject({ code: 'rebook.once-only' });
    expect(mayRebook(request({ to: { lineCode: 'HZ-SX' } }), rules, 0)).toEqual({
      code: 'rebook.other-line',
      lineCode: 'HZ-SX',
    });
    expect(mayRebook(request({ to: { vehicleClass: 'medium' } }), rules, 0)).toMatchObject({
      code: 'rebook.other-class',
    });
  });

  it('is possible in exactly the states that the ticket table has an edge from', () => {
    const possible = TICKET_STATES.states.filter(
      (state) => mayRebook(request({ ticket: { state } }), rules, 0) === null,
    );
    expect(possible).toEqual(['sold', 'collected']);
    expect(mayRebook(request({ ticket: { state: 'boarded' } }), rules, 0)).toMatchObject({ code: 'ticket.boarded' });
  });

  it('has no deadline and no limit for a passenger whose trip does not run', () => {
    const letDown = { ticket: { timesRebooked: 3 }, from: { state: 'suspended' }, to: { vehicleClass: 'medium' } };
    expect(mayRebook(request(letDown), rules, DEPARTS + 1)).toBeNull();
    expect(mayRebook(request({ ...letDown, to: { lineCode: 'HZ-SX' } }), rules, 0)?.code).toBe('rebook.other-line');
  });

  it('costs the difference and no fee', () => {
    expect(rebookDifference(fen(5000), fen(5800), rules)).toBe(800);
    expect(rebookDifference(fen(5000), fen(3800), rules)).toBe(-1200);
    expect(rebookDifference(fen(5000), fen(3800), { ...rules, feeBasisPoints: 500 })).toBe(-950);
  });

  it('never gives back more than the old fare', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 50_000 }),
        fc.nat({ max: 50_000 }),
        fc.nat({ max: 10_000 }),
        (old, next, feeBasisPoints) => {
          expect(rebookDifference(old as Fen, next as Fen, { ...rules, feeBasisPoints })).toBeGreaterThanOrEqual(-old);
        },
      ),
    );
  });
});
