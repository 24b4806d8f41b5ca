import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addDays,
  clockMinutes,
  daysBetween,
  formatMinutes,
  instantOf,
  isTimeZone,
  MINUTES_MAX,
  minutesInto,
  type ServiceDate,
  serviceDate,
  serviceDateOf,
  wallTime,
  weekday,
} from './service-day.ts';

const day = (text: string) => text as ServiceDate;
const HOUR = 3_600_000;
const anyDate = fc
  .integer({ min: Date.UTC(1970, 0, 1) / (24 * HOUR), max: Date.UTC(2150, 0, 1) / (24 * HOUR) })
  .map((days) => addDays(day('19700101'), days));
const anyZone = fc.constantFrom(
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
);

it('reads a date with or without separators and refuses days that the calendar does not have', () => {
  for (const text of ['20240229', '2024-02-29', '2024/02/29'])
    expect(serviceDate(text)).toEqual({ ok: true, value: '20240229' });
  for (const text of [
    '20230229',
    '20241301',
    '2024-0229',
    '2024-02/29',
    '240229',
    '00010101',
    '22000101',
    '',
    '今天',
  ]) {
    expect(serviceDate(text)).toMatchObject({ ok: false, refusal: { code: 'date.not-a-date' } });
  }
});

it('counts days, months and leap years as the calendar does', () => {
  expect([addDays(day('20241231'), 1), addDays(day('20240301'), -1), addDays(day('19000301'), -1)]).toEqual([
    '20250101',
    '20240229',
    '19000228',
  ]);
  expect([weekday(day('20251121')), weekday(day('20251123'))]).toEqual([5, 7]);
  fc.assert(
    fc.property(anyDate, fc.integer({ min: -4000, max: 4000 }), (date, days) => {
      const later = addDays(date, days);
      expect(daysBetween(date, later)).toBe(days);
      expect(serviceDate(later)).toEqual({ ok: true, value: later });
      expect(weekday(addDays(date, 7))).toBe(weekday(date));
    }),
  );
});

it('reads clock times past midnight, with or without seconds, below 72:00', () => {
  const cases: [string, number][] = [
    ['00:00', 0],
    ['8:05', 485],
    ['08:05:59', 485],
    ['25:10', 1510],
    ['14：45', 885],
    ['71:59', MINUTES_MAX - 1],
  ];
  for (const [text, minutes] of cases) expect(clockMinutes(text)).toEqual({ ok: true, value: minutes });
  for (const text of ['', '8', '8:5', '0860', '08:60', '08:00:60', '-1:00', '8:00 PM', '24点']) {
    expect(clockMinutes(text)).toMatchObject({ ok: false, refusal: { code: 'time.not-a-time' } });
  }
  for (const text of ['72:00', '100:00']) {
    expect(clockMinutes(text)).toMatchObject({ ok: false, refusal: { code: 'time.out-of-range' } });
  }
});

it('writes a time as it reads it, and shows on the wall how many days later it is', () => {
  fc.assert(
    fc.property(fc.nat(MINUTES_MAX - 1), (minutes) => {
      expect(clockMinutes(formatMinutes(minutes))).toEqual({ ok: true, value: minutes });
    }),
  );
  expect([formatMinutes(1510), formatMinutes(485)]).toEqual(['25:10', '08:05']);
  expect([wallTime(1510), wallTime(485)]).toEqual([
    { time: '01:10', daysLater: 1 },
    { time: '08:05', daysLater: 0 },
  ]);
});

it('places a trip of Shanghai time eight hours before UTC, past midnight too', () => {
  expect(instantOf(day('20251121'), 14 * 60 + 45, 'Asia/Shanghai')).toBe(Date.parse('2025-11-21T14:45:00+08:00'));
  expect(instantOf(day('20251121'), 1510, 'Asia/Shanghai')).toBe(Date.parse('2025-11-22T01:10:00+08:00'));
  expect(serviceDateOf(Date.parse('2025-11-21T15:59:59Z'), 'Asia/Shanghai')).toBe('20251121');
  expect(serviceDateOf(Date.parse('2025-11-21T16:00:00Z'), 'Asia/Shanghai')).toBe('20251122');
});

it('keeps the timetable on the wall on the days on which clocks change, counting from noon minus twelve hours', () => {
  // Berlin goes to summer time on 31 March 2024 at 02:00 and back on 27 October 2024 at 03:00.
  expect(instantOf(day('20240331'), 8 * 60, 'Europe/Berlin')).toBe(Date.parse('2024-03-31T08:00:00+02:00'));
  expect(instantOf(day('20241027'), 8 * 60, 'Europe/Berlin')).toBe(Date.parse('2024-10-27T08:00:00+01:00'));
  expect(instantOf(day('20240331'), 0, 'Europe/Berlin')).toBe(Date.parse('2024-03-30T23:00:00+01:00'));
  expect(instantOf(day('20240330'), 25 * 60, 'Europe/Berlin')).toBe(Date.parse('2024-03-31T01:00:00+01:00'));
});

it('finds the service day and the minute of every instant that it has placed', () => {
  fc.assert(
    fc.property(anyDate, fc.nat(MINUTES_MAX - 1), anyZone, (date, minutes, zone) => {
      const at = instantOf(date, minutes, zone);
      expect(minutesInto(date, at, zone)).toBe(minutes);
      expect(minutesInto(date, at + 59_999, zone)).toBe(minutes);
      expect(serviceDateOf(instantOf(date, 12 * 60, zone), zone)).toBe(date);
    }),
    { numRuns: 60 },
  );
});

it('knows the zones of the world and none else', () => {
  for (const zone of ['Asia/Shanghai', 'Asia/Urumqi', 'Europe/Berlin', 'UTC'])
    expect([zone, isTimeZone(zone)]).toEqual([zone, true]);
  for (const zone of ['', 'Asia/Atlantis', '+08:00', '../etc', 'x'.repeat(200)])
    expect([zone, isTimeZone(zone)]).toEqual([zone, false]);
});
