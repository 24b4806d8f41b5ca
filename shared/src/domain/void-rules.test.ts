import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from './rules.ts';
import { TICKET_STATES } from './ticket.ts';
import { mayVoid, type VoidRequest } from './void-rules.ts';

const MINUTE = 60_000;
const SOLD_AT = 1_000_000;
const TICKET = {
  ticketNo: 'T1',
  state: 'sold',
  clerk: 'c3',
  shiftId: 's1',
  soldAt: SOLD_AT,
  isRebooked: false,
} as const satisfies VoidRequest['ticket'];

const asked = (change: Partial<VoidRequest['ticket']> = {}, clerk = 'c3', shiftId = 's1', minutes = 5) =>
  mayVoid({ ticket: { ...TICKET, ...change }, clerk, shiftId }, DEFAULT_RULES.void, SOLD_AT + minutes * MINUTE);

describe('a void', () => {
  it('is for the clerk who sold the ticket, in the same shift, within 30 minutes', () => {
    expect(asked()).toBeNull();
    expect(asked({ state: 'collected' })).toBeNull();
    expect(asked({}, 'c3', 's1', 30)).toBeNull();
    expect(asked({}, 'c3', 's1', 30 + 1 / MINUTE)).toMatchObject({ reason: 'tooLate' });
    expect(asked({}, 'c3', 's1', 31)).toMatchObject({ code: 'ticket.not-voidable', reason: 'tooLate' });
    expect(asked({}, 'c4')).toMatchObject({ reason: 'otherClerk' });
    expect(asked({}, 'c3', 's2')).toMatchObject({ reason: 'otherShift' });
  });

  it('is not for tickets that nobody sold at a counter', () => {
    expect(asked({ clerk: null, shiftId: null })).toMatchObject({ reason: 'otherClerk' });
  });

  it('is not for rebooked tickets', () => {
    expect(asked({ isRebooked: true })).toMatchObject({ reason: 'rebooked' });
  });

  it('is possible in exactly the states that the ticket table has an edge from', () => {
    const possible = TICKET_STATES.states.filter((state) => asked({ state }) === null);
    expect(possible).toEqual(['sold', 'collected']);
    expect(asked({ state: 'boarded' })).toEqual({
      code: 'ticket.not-voidable',
      ticketNo: 'T1',
      reason: 'state',
      state: 'boarded',
    });
  });
});
