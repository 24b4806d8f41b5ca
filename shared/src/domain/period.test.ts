import { describe, expect, it } from 'vitest';
import { bizDateOf, isCrossPeriod, PERIOD_STATES } from './period.ts';
import type { ServiceDate } from './service-day.ts';
import { canMove, statesBefore } from './state-table.ts';

const on = (text: string) => text as ServiceDate;

describe('a settlement period', () => {
  it('never reopens', () => {
    expect(PERIOD_STATES.edges.filter((edge) => edge.to === 'open')).toEqual([]);
  });

  it('can be aborted only before anything was sent', () => {
    expect(statesBefore(PERIOD_STATES, 'abort')).toEqual(['reconciled', 'netted', 'pending', 'approved']);
  });

  it('is not netted while a difference is open', () => {
    expect(canMove(PERIOD_STATES, 'break', 'net')).toBe(false);
    expect(canMove(PERIOD_STATES, 'closed', 'net')).toBe(false);
  });

  it('changes the business date at midnight of the books, not of UTC', () => {
    expect(bizDateOf(Date.UTC(2025, 10, 20, 15, 59, 59), 'Asia/Shanghai')).toBe('20251120');
    expect(bizDateOf(Date.UTC(2025, 10, 20, 16, 0, 0), 'Asia/Shanghai')).toBe('20251121');
  });

  it('marks what happened before it began', () => {
    const period = { opensOn: on('20251121') };
    expect(isCrossPeriod(on('20251120'), period)).toBe(true);
    expect(isCrossPeriod(on('20251121'), period)).toBe(false);
    expect(isCrossPeriod(on('20251231'), { opensOn: on('20260101') })).toBe(true);
  });
});
