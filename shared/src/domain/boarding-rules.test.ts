import { describe, expect, it } from 'vitest';
import { type BoardingRequest, boardingClosesAt, boardingOpensAt, mayBoard, mayUnboard } from './boarding-rules.ts';
import { DEFAULT_RULES } from './rules.ts';
import type { ServiceDate } from './service-day.ts';
import { TICKET_STATES } from './ticket.ts';

const rules = DEFAULT_RULES.boarding;
const MINUTE = 60_000;
const DEPARTS = 1000 * MINUTE;
const OPEN = DEPARTS - 10 * MINUTE;
const on = (text: string) => text as ServiceDate;

function request(
  change: { ticket?: object; gate?: object } & Partial<Omit<BoardingRequest, 'ticket' | 'gate'>> = {},
): BoardingRequest {
  const { ticket, gate, ...rest } = change;
  return {
    ticket: {
      ticketNo: 'T1',
      state: 'sold',
      tripId: 'A',
      serviceDate: on('20251121'),
      from: 0,
      printSeq: 2,
      ...ticket,
    },
    gate: {
      tripId: 'A',
      tripState: 'open',
      serviceDate: on('20251121'),
      stop: 0,
      departsAt: DEPARTS,
      hasLeft: false,
      ...gate,
    },
    shownPrintSeq: 2,
    late: false,
    seatGiven: false,
    ...rest,
  };
}

const codeAt = (now: number, change = {}) => mayBoard(request(change), rules, now)?.code ?? null;

describe('boarding', () => {
  it('opens 30 minutes and closes 2 minutes before departure', () => {
    expect(boardingOpensAt(DEPARTS, rules)).toBe(DEPARTS - 30 * MINUTE);
    expect(boardingClosesAt(DEPARTS, rules)).toBe(DEPARTS - 2 * MINUTE);
    expect(codeAt(DEPARTS - 30 * MINUTE - 1)).toBe('boarding.not-open-yet');
    expect(codeAt(DEPARTS - 30 * MINUTE)).toBeNull();
    expect(codeAt(DEPARTS - 2 * MINUTE - 1)).toBeNull();
    expect(codeAt(DEPARTS - 2 * MINUTE)).toBe('boarding.closed');
  });

  it('goes on late until the coach leaves, at whatever minute that is', () => {
    expect(codeAt(DEPARTS + 7 * MINUTE, { late: true })).toBeNull();
    expect(codeAt(DEPARTS + 7 * MINUTE, { late: true, gate: { hasLeft: true } })).toBe('boarding.left');
  });

  it('says first what the passenger has wrong: day, trip, stop', () => {
    const wrong = { tripId: 'B', serviceDate: on('20251122'), from: 3 };
    expect(codeAt(0, { ticket: wrong })).toBe('boarding.wrong-date');
    expect(codeAt(0, { ticket: { ...wrong, serviceDate: on('20251121') } })).toBe('boarding.wrong-trip');
    expect(mayBoard(request({ ticket: { from: 3 } }), rules, 0)).toEqual({ code: 'boarding.wrong-stop', from: 3 });
  });

  it('lets nobody in twice and no ended ticket at all', () => {
    const codes = TICKET_STATES.states.map((state) => [state, codeAt(OPEN, { ticket: { state } })]);
    expect(Object.fromEntries(codes)).toEqual({
      sold: null,
      collected: null,
      forfeited: null,
      boarded: 'boarding.already',
      departed: 'boarding.already',
      refunded: 'ticket.ended',
      voided: 'ticket.ended',
      rebooked: 'ticket.ended',
    });
  });

  it('accepts only the newest print, and people who are found without one', () => {
    expect(mayBoard(request({ shownPrintSeq: 1 }), rules, OPEN)).toEqual({
      code: 'boarding.old-print',
      shown: 1,
      newest: 2,
    });
    expect(codeAt(OPEN, { shownPrintSeq: null })).toBeNull();
    // The paper was printed elsewhere and word of it has not come yet.
    expect(codeAt(OPEN, { shownPrintSeq: 3 })).toBeNull();
  });

  it('gives a forfeited passenger the seat back only while nobody else has it', () => {
    const ticket = { state: 'forfeited' };
    expect(codeAt(DEPARTS, { ticket, late: true })).toBeNull();
    expect(codeAt(DEPARTS, { ticket, late: true, seatGiven: true })).toBe('boarding.seat-given');
  });

  it('is refused on a trip that does not run', () => {
    for (const tripState of ['planned', 'suspended', 'missed', 'cancelled', 'merged']) {
      expect(codeAt(OPEN, { gate: { tripState } })).toBe('boarding.trip-not-running');
    }
    expect(codeAt(OPEN, { gate: { tripState: 'closed' } })).toBeNull();
  });

  it('can be undone until the coach leaves', () => {
    expect(mayUnboard({ ticketNo: 'T1', state: 'boarded' }, { hasLeft: false })).toBeNull();
    expect(mayUnboard({ ticketNo: 'T1', state: 'boarded' }, { hasLeft: true })?.code).toBe('boarding.left');
    expect(mayUnboard({ ticketNo: 'T1', state: 'sold' }, { hasLeft: false })?.code).toBe('boarding.not-boarded');
  });
});
