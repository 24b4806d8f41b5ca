/**
 * How far a station's wall clock may be from the hub's, in ms, before somebody is told (station-link: time). Business goes on
 * by corrected time at every level.
 */
const WARNING_MS = 5_000;
const AMBER_MS = 60_000;
const WRONG_MS = 300_000;
/** A wall clock that moved so far against the monotonic one was set. In ms. */
const STEP_MS = 2_000;

export type ClockLevel = 'good' | 'warning' | 'amber' | 'wrong';

export function clockLevel(offsetMs: number): ClockLevel {
  const off = Math.abs(offsetMs);
  if (off > WRONG_MS) return 'wrong';
  if (off > AMBER_MS) return 'amber';
  return off > WARNING_MS ? 'warning' : 'good';
}

/** The clocks of a machine against each other, in ms. None of the three moves while time merely passes. */
export type ClockReading = {
  /** The start of the machine that the monotonic clock counts from. */
  readonly boot: string;
  /** Wall clock − monotonic clock: moves when the wall clock is set. */
  readonly gapMs: number;
  /** Hub's clock − monotonic clock; null while the hub was not heard since the start of the machine. */
  readonly leadMs: number | null;
};

/** `stepMs`: how far the wall clock was set, 0 where it was not; `offsetMs`: what it lacks now, null while nobody knows. */
export type ClockJump = { readonly stepMs: number; readonly offsetMs: number | null };

/** What is added to the wall clock to get the hub's. */
export function offsetOf({ leadMs, gapMs }: ClockReading): number | null {
  return leadMs === null ? null : leadMs - gapMs;
}

/** What has to be told of the clock since an earlier reading: that it was set, or that it is wrong and was not before. */
export function jumpBetween(before: ClockReading | undefined, now: ClockReading): ClockJump | null {
  const moved = before?.boot === now.boot ? now.gapMs - before.gapMs : 0;
  const stepMs = Math.abs(moved) > STEP_MS ? moved : 0;
  const offsetMs = offsetOf(now);
  const turnedWrong = isWrong(offsetMs) && !(before && isWrong(offsetOf(before)));
  return stepMs !== 0 || turnedWrong ? { stepMs, offsetMs } : null;
}

/** Whether the hub's time that was known at an earlier reading still holds: neither of the machine's clocks was set since. */
export function stillHolds(before: ClockReading, now: ClockReading): boolean {
  return before.boot === now.boot && Math.abs(now.gapMs - before.gapMs) <= STEP_MS;
}

function isWrong(offsetMs: number | null): boolean {
  return offsetMs !== null && clockLevel(offsetMs) === 'wrong';
}
