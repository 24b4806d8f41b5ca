import { type StationCode, stationCode } from './codes.ts';
import { invariant } from './invariant.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/** 票号: 20 digits, for the life of a ticket and never reused. The number on the paper is another one and changes at reprint. */
export type TicketNo = string & { readonly __unit: 'ticket-no' };

/** Where a ticket was sold. */
export type Channel = 'counter' | 'kiosk' | 'web' | 'outlet' | 'app' | 'telephone' | 'other';

/** The tenth digit of a ticket number. */
export const CHANNEL_DIGITS = {
  counter: '1',
  kiosk: '2',
  web: '3',
  outlet: '4',
  app: '5',
  telephone: '6',
  other: '9',
} as const satisfies Record<Channel, string>;

/**
 *   330106 001 1 002 0001234
 *   region station channel terminal serial
 */
export type TicketNoParts = {
  readonly station: StationCode;
  readonly channel: Channel;
  /** Three digits, of the counter, kiosk or process that minted the number. */
  readonly terminal: string;
  /** 0 … 9,999,999. */
  readonly serial: number;
};

/** Serials of one terminal that the hub leased: `first` … `first + count − 1`. */
export type NumberRange = { readonly terminal: string; readonly first: number; readonly count: number };

/** Serials of a leased range: about a month of a busy counter. */
export const RANGE_COUNT = 10_000;
const SERIAL_COUNT = 10_000_000;

/** The `block`-th range of a terminal, counted from 0. A terminal has 1,000. */
export function rangeOf(terminal: string, block: number): NumberRange {
  invariant(/^\d{3}$/.test(terminal), 'a terminal has three digits', { terminal });
  invariant(
    Number.isInteger(block) && block >= 0 && block < SERIAL_COUNT / RANGE_COUNT,
    'a terminal has 1,000 ranges',
    {
      block,
    },
  );
  return { terminal, first: block * RANGE_COUNT, count: RANGE_COUNT };
}

/** True when a serial was leased twice. */
export function rangesMeet(a: NumberRange, b: NumberRange): boolean {
  return a.terminal === b.terminal && a.first < b.first + b.count && b.first < a.first + a.count;
}

/** The next number of a range of which `used` serials have been given out. A range is used from its first to its last serial. */
export function mintTicketNo(
  range: NumberRange,
  used: number,
  at: { readonly station: StationCode; readonly channel: Channel },
): Outcome<TicketNo, { readonly code: 'ticket.numbers-used-up'; readonly terminal: string }> {
  invariant(Number.isInteger(used) && used >= 0, 'a count of used serials is whole', { used });
  if (used >= range.count) return refuse({ code: 'ticket.numbers-used-up', terminal: range.terminal });
  return done(ticketNoOf({ ...at, terminal: range.terminal, serial: range.first + used }));
}

/** The number of these parts. */
export function ticketNoOf({ station, channel, terminal, serial }: TicketNoParts): TicketNo {
  invariant(/^\d{9}$/.test(station) && /^\d{3}$/.test(terminal), 'a station has nine digits, a terminal three', {
    station,
    terminal,
  });
  invariant(Number.isInteger(serial) && serial >= 0 && serial < SERIAL_COUNT, 'a serial has seven digits', { serial });
  return `${station}${CHANNEL_DIGITS[channel]}${terminal}${String(serial).padStart(7, '0')}` as TicketNo;
}

/** Takes a number apart, with or without the spaces that screens group it by. */
export function parseTicketNo(
  text: string,
): Outcome<
  TicketNoParts & { readonly ticketNo: TicketNo },
  { readonly code: 'ticket.not-a-number'; readonly text: string }
> {
  const ticketNo = text.slice(0, 40).replaceAll(' ', '');
  const station = stationCode(ticketNo.slice(0, 9));
  const channel = (Object.keys(CHANNEL_DIGITS) as Channel[]).find((each) => CHANNEL_DIGITS[each] === ticketNo[9]);
  if (!/^\d{20}$/.test(ticketNo) || !station.ok || !channel || text.length > 40) {
    return refuse({ code: 'ticket.not-a-number', text: text.slice(0, 40) });
  }
  const parts = {
    station: station.value,
    channel,
    terminal: ticketNo.slice(10, 13),
    serial: Number(ticketNo.slice(13)),
  };
  return done({ ...parts, ticketNo: ticketNo as TicketNo });
}

/** Region and station part of the party that minted a number: a station, or the hub under its own. It keeps the ticket's seat. */
export function issuerOf(ticketNo: string): string {
  return ticketNo.slice(0, 9);
}
