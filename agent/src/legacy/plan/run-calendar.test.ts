import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { describe, expect, it } from 'vitest';
import { daysOf, onlyOn, runsOn, weekly } from './run-calendar.ts';

const day = (text: string) => text as ServiceDate;

describe('the days of a trip', () => {
  it('are its weekdays within its validity, first and last day included', () => {
    const weekend = weekly([6, 7], day('20260606'), day('20260613'));
    const days = daysOf({ from: day('20260605'), days: 10 }).filter((date) => runsOn(weekend, date));
    expect(days).toEqual(['20260606', '20260607', '20260613']);
  });

  it('are more and fewer by single days; a day taken out wins', () => {
    const calendar = {
      ...weekly([1], day('20260101'), day('20261231')),
      added: new Set([day('20260602'), day('20260603')]),
      removed: new Set([day('20260601'), day('20260603')]),
    };
    const days = daysOf({ from: day('20260601'), days: 8 }).filter((date) => runsOn(calendar, date));
    expect(days).toEqual(['20260602', '20260608']);
  });

  it('is one day where a file is of one day', () => {
    const days = daysOf({ from: day('20260228'), days: 3 });
    expect(days.map((date) => runsOn(onlyOn(day('20260301')), date))).toEqual([false, true, false]);
  });
});
