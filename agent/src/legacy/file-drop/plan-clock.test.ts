import { describe, expect, it } from 'vitest';
import { runningTimes } from './plan-clock.ts';

const RULES = { crosses: true, legMinutesMax: 720 };
const at = (arrives: number | null, departs: number | null = arrives) => ({ arrives, departs });

describe('times of day along a trip', () => {
  it('run on past one midnight and past the next', () => {
    const times = runningTimes([at(null, 1300), at(100, 110), at(700, 720), at(1400, 1430), at(30, null)], RULES);
    expect(times.map((time) => time?.arrives)).toEqual([1300, 1540, 2140, 2840, 2910]);
    expect(times.map((time) => time?.departs)).toEqual([1300, 1550, 2160, 2870, 2910]);
  });

  it('cross midnight while the coach stands at a stop', () => {
    expect(runningTimes([at(null, 1300), at(1435, 5), at(60, null)], RULES)).toEqual([
      { arrives: 1300, departs: 1300 },
      { arrives: 1435, departs: 1445 },
      { arrives: 1500, departs: 1500 },
    ]);
  });

  it('are left falling when the next day would make the leg too long, or nothing crosses midnight', () => {
    expect(runningTimes([at(null, 800), at(790, null)], RULES)[1]).toEqual({ arrives: 790, departs: 790 });
    expect(runningTimes([at(null, 1430), at(10, null)], { ...RULES, crosses: false })[1]?.arrives).toBe(10);
  });

  it('take one time for both where a stop has one, and ignore what stands at the open ends', () => {
    expect(runningTimes([at(5, 600), at(null, 700), at(800, 900)], RULES)).toEqual([
      { arrives: 600, departs: 600 },
      { arrives: 700, departs: 700 },
      { arrives: 800, departs: 800 },
    ]);
    expect(runningTimes([at(null, 600), at(null, null), at(800)], RULES)[1]).toBe(null);
  });
});
