import { describe, expect, it } from 'vitest';
import { type ClockReading, clockLevel, jumpBetween, stillHolds } from './clock-rules.ts';

const HOUR = 3_600_000;
const reading = (gapMs: number, leadMs: number | null = null, boot = 'b1'): ClockReading => ({ boot, gapMs, leadMs });

describe('the clocks of a station', () => {
  it.each([
    [5_000, 'good'],
    [5_001, 'warning'],
    [60_000, 'warning'],
    [60_001, 'amber'],
    [300_000, 'amber'],
    [300_001, 'wrong'],
  ])('are called by how far they are off, ahead or behind: %i ms is %s', (offsetMs, level) => {
    expect([clockLevel(offsetMs), clockLevel(-offsetMs)]).toEqual([level, level]);
  });

  it('were set where the wall clock moved more than two seconds against the monotonic one', () => {
    expect(jumpBetween(reading(0), reading(2_000))).toBeNull();
    expect(jumpBetween(reading(0), reading(2_001))).toEqual({ stepMs: 2_001, offsetMs: null });
    expect(jumpBetween(reading(0, 500), reading(-HOUR, 500))).toEqual({ stepMs: -HOUR, offsetMs: HOUR + 500 });
  });

  it('cannot be compared over a restart of the machine, nor with nothing', () => {
    expect(jumpBetween(reading(0), reading(HOUR, null, 'b2'))).toBeNull();
    expect(jumpBetween(undefined, reading(HOUR))).toBeNull();
    expect(stillHolds(reading(0, 7), reading(0, null, 'b2'))).toBe(false);
  });

  it('are told to be wrong when that is found, and not again while they stay so', () => {
    expect(jumpBetween(reading(0), reading(0, HOUR))).toEqual({ stepMs: 0, offsetMs: HOUR });
    expect(jumpBetween(reading(0, HOUR), reading(1_000, HOUR))).toBeNull();
    expect(jumpBetween(reading(0, HOUR), reading(HOUR, HOUR))).toEqual({ stepMs: HOUR, offsetMs: 0 });
  });
});
