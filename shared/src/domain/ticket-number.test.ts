import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StationCode } from './codes.ts';
import {
  CHANNEL_DIGITS,
  type Channel,
  mintTicketNo,
  parseTicketNo,
  rangeOf,
  rangesMeet,
  ticketNoOf,
} from './ticket-number.ts';

const HANGZHOU = '330106001' as StationCode;
const anyParts = fc.record({
  station: fc.constantFrom('330106001', '330602012', '110101999', '330000000').map((code) => code as StationCode),
  channel: fc.constantFrom(...(Object.keys(CHANNEL_DIGITS) as Channel[])),
  terminal: fc.nat(999).map((terminal) => String(terminal).padStart(3, '0')),
  serial: fc.nat(9_999_999),
});

it('writes region, station, channel, terminal and serial as 20 digits and reads them back', () => {
  expect(ticketNoOf({ station: HANGZHOU, channel: 'counter', terminal: '002', serial: 1234 })).toBe(
    '33010600110020001234',
  );
  fc.assert(
    fc.property(anyParts, (parts) => {
      const ticketNo = ticketNoOf(parts);
      expect(ticketNo).toMatch(/^\d{20}$/);
      expect(parseTicketNo(ticketNo)).toEqual({ ok: true, value: { ...parts, ticketNo } });
      expect(parseTicketNo(ticketNo.replace(/(\d{4})(?=\d)/g, '$1 '))).toEqual(parseTicketNo(ticketNo));
    }),
  );
});

it('gives two tickets one number only if they have all parts in common', () => {
  fc.assert(
    fc.property(anyParts, anyParts, (a, b) => {
      expect(ticketNoOf(a) === ticketNoOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

it('uses a range from its first to its last serial and then says that it is used up', () => {
  const range = rangeOf('002', 7);
  expect(range).toEqual({ terminal: '002', first: 70_000, count: 10_000 });
  const at = { station: HANGZHOU, channel: 'counter' } as const;
  expect(mintTicketNo(range, 0, at)).toEqual({ ok: true, value: '33010600110020070000' });
  expect(mintTicketNo(range, 9_999, at)).toEqual({ ok: true, value: '33010600110020079999' });
  expect(mintTicketNo(range, 10_000, at)).toEqual({
    ok: false,
    refusal: { code: 'ticket.numbers-used-up', terminal: '002' },
  });
});

it('leases no serial twice in different blocks of a terminal', () => {
  fc.assert(
    fc.property(fc.nat(999), fc.nat(999), (a, b) => {
      expect(rangesMeet(rangeOf('001', a), rangeOf('001', b))).toBe(a === b);
    }),
  );
  expect(rangesMeet(rangeOf('001', 0), rangeOf('002', 0))).toBe(false);
  expect(rangesMeet({ terminal: '001', first: 0, count: 10 }, { terminal: '001', first: 9, count: 1 })).toBe(true);
  expect(() => rangeOf('001', 1000)).toThrow('1,000 ranges');
});

it('refuses what is no ticket number', () => {
  const wrong = [
    '',
    '3301060011002000123',
    '330106001100200012345',
    '33010600170020001234',
    '99010600110020001234',
    '3301060011002000123x',
  ];
  for (const text of [...wrong, '1'.repeat(5000)]) {
    expect([text, parseTicketNo(text)]).toMatchObject([text, { ok: false, refusal: { code: 'ticket.not-a-number' } }]);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseTicketNo(text).ok).toBe(false);
    }),
  );
});
