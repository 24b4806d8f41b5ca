import { describe, expect, it } from 'vitest';
import { readDate, readKm, readMoney, readTime, readWeekdays } from './read-values.ts';

const value = (read: { ok: boolean; value?: unknown; reason?: string }) => (read.ok ? read.value : read.reason);

describe('values of a drop file', () => {
  it('are times up to the third day, in the declared form only', () => {
    expect(['8:05', '24:00', '25:10:30', '71:59'].map((text) => value(readTime(text, 'HH:mm')))).toEqual([
      485, 1440, 1510, 4319,
    ]);
    expect(['0805', '805', '2410'].map((text) => value(readTime(text, 'HHmm')))).toEqual([485, 485, 1450]);
    expect(value(readTime('95', 'minutes'))).toBe(95);
    for (const [text, form] of [
      ['0805', 'HH:mm'],
      ['08:05', 'HHmm'],
      ['72:00', 'HH:mm'],
      ['08:60', 'HH:mm'],
      ['流水', 'HH:mm'],
      ['-5', 'minutes'],
      ['4320', 'minutes'],
    ] as const) {
      expect(value(readTime(text, form))).toBe('row.time-invalid');
    }
  });

  it('are days of the calendar', () => {
    expect(value(readDate('20260228', 'yyyyMMdd'))).toBe('20260228');
    expect(value(readDate('2026-2-5', 'yyyy-MM-dd'))).toBe('20260205');
    expect(value(readDate('2026/12/31', 'yyyy/MM/dd'))).toBe('20261231');
    for (const text of ['20260229', '2026-02-28', '', '2026']) {
      expect(value(readDate(text, 'yyyyMMdd'))).toBe('row.date-invalid');
    }
  });

  it('are weekdays as digits or flags', () => {
    expect(value(readWeekdays('1357', 'digits'))).toEqual([1, 3, 5, 7]);
    expect(value(readWeekdays('0000011', 'flags'))).toEqual([6, 7]);
    expect(['8', '', '一'].map((text) => value(readWeekdays(text, 'digits')))).toEqual(
      Array.from({ length: 3 }, () => 'row.weekdays-invalid'),
    );
    expect(value(readWeekdays('0000000', 'flags'))).toBe('row.weekdays-invalid');
  });

  it('are money in yuan or fen, never negative', () => {
    expect(['35.5', '￥35.00', '1,200元'].map((text) => value(readMoney(text, 'yuan')))).toEqual([3550, 3500, 120000]);
    expect(value(readMoney('5500', 'fen'))).toBe(5500);
    expect(value(readMoney('-3.5', 'yuan'))).toBe('row.fare-negative');
    expect(value(readMoney('-350', 'fen'))).toBe('row.fare-negative');
    expect(value(readMoney('35.123', 'yuan'))).toBe('row.money-invalid');
    expect(value(readMoney('35.5', 'fen'))).toBe('row.money-invalid');
  });

  it('are whole kilometres', () => {
    expect(['0', '62.4', '62.5'].map((text) => value(readKm(text)))).toEqual([0, 62, 63]);
    expect(value(readKm('-1'))).toBe('row.km-invalid');
  });
});
