import { Fault } from '@lianpiao/shared/fault';
import { describe, expect, it } from 'vitest';
import { readMapping } from './mapping.ts';

const MINIMAL = {
  version: 1,
  files: ['*.csv'],
  encoding: 'gb18030',
  form: 'stop-rows',
  trip: { number: '班次', weekdays: '开行日', carrier: { value: 'c1' }, seatCount: '座位' },
  row: { seq: '站序', stop: '站名', fare: '票价' },
};

const problem = (mapping: unknown): string => {
  try {
    readMapping(JSON.stringify(mapping));
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).toBe('legacy.mapping-invalid');
    return String((error as Fault).detail.facts?.['problem']);
  }
};

describe('the mapping of a drop folder', () => {
  it('has a sensible default for everything that need not be said', () => {
    expect(readMapping(JSON.stringify(MINIMAL))).toMatchObject({
      delimiter: ',',
      zone: 'Asia/Shanghai',
      fares: { kind: 'cumulative', missing: 'set-aside' },
      trip: { number: { column: '班次', empty: [] } },
    });
  });

  it('refuses a key that it does not know, wherever it stands, and names it', () => {
    expect(problem({ ...MINIMAL, encodng: 'utf-8' })).toContain('encodng');
    expect(problem({ ...MINIMAL, row: { ...MINIMAL.row, fair: '票价' } })).toContain('fair');
    expect(problem({ ...MINIMAL, row: { ...MINIMAL.row, stop: { column: '站名', maps: {} } } })).toContain('stop');
  });

  it('refuses a mapping that cannot make a trip', () => {
    const { seatCount: _, ...seatless } = MINIMAL.trip;
    const { weekdays: __, ...dayless } = MINIMAL.trip;
    expect(problem({ ...MINIMAL, trip: seatless })).toContain('seatCount');
    expect(problem({ ...MINIMAL, trip: dayless })).toContain('weekdays');
    expect(problem({ ...MINIMAL, row: { seq: '站序', stop: '站名' } })).toContain('fare');
    expect(problem({ ...MINIMAL, zone: 'Asia/Nowhere' })).toContain('time zone');
    expect(problem('no object')).not.toBe('');
  });
});
