import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceDate } from '../domain/service-day.ts';
import { amount, clock, countdown, dateText, inGroups, span, tripTime, yuan } from './format.ts';

const on = (date: string) => date as ServiceDate;

describe('money on a screen', () => {
  it('always has two decimals, groups by three and signs with the wide minus', () => {
    expect([amount(0), amount(5), amount(123_450), yuan(-3_420), yuan(1_234_567_89)]).toEqual([
      '0.00',
      '0.05',
      '1,234.50',
      '−¥34.20',
      '¥1,234,567.89',
    ]);
  });

  it('never loses a fen: reading the text back gives the amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e11, max: 1e11 }), (fen) => {
        const read = Number(amount(fen).replaceAll(',', '').replaceAll('.', '').replace('−', '-'));
        expect(read).toBe(fen === 0 ? 0 : fen);
      }),
    );
  });
});

describe('time on a screen', () => {
  it('says next day for a departure past midnight of its service date', () => {
    expect(['14:45', '24:40', '49:05'].map((time) => tripTime(time, 'zh'))).toEqual([
      '14:45',
      '次日 00:40',
      '2 日后 01:05',
    ]);
    expect(tripTime('24:40', 'en')).toBe('00:40 +1');
  });

  it('tells an age in one unit under an hour and two above', () => {
    expect([12_999, 59_000, 61_000, 7_500_000].map((ms) => span(ms, 'zh'))).toEqual([
      '12 秒',
      '59 秒',
      '1 分',
      '2 小时 05 分',
    ]);
    expect(span(7_500_000, 'en')).toBe('2 h 05 min');
  });

  it('counts down to zero and stays there', () => {
    expect([581_000, 580_001, 1, 0, -5_000].map(countdown)).toEqual(['9:41', '9:41', '0:01', '0:00', '0:00']);
  });

  it('shows the clock of the station, not of the machine', () => {
    const at = Date.UTC(2025, 10, 21, 16, 5, 9);
    expect(clock(at, 'Asia/Shanghai')).toBe('00:05:09');
    expect(clock(at, 'Europe/Berlin', false)).toBe('17:05');
  });

  it('names the weekday, and the year only when it is another one', () => {
    expect([dateText(on('20251121'), on('20251121'), 'zh'), dateText(on('20251121'), on('20251121'), 'en')]).toEqual([
      '11-21 周五',
      'Fri 21 Nov',
    ]);
    expect(dateText(on('20260101'), on('20251231'), 'en')).toBe('Thu 1 Jan 2026');
  });
});

describe('long numbers on a screen', () => {
  it('groups for reading aloud without changing the digits', () => {
    expect(inGroups('33050200110030001842')).toBe('3305 0200 1100 3000 1842');
    expect(inGroups('330106199003070010', [6, 8, 4])).toBe('330106 19900307 0010');
  });
});
