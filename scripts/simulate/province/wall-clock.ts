import type { MachineClock } from '@lianpiao/shared/clock';
import { theTime } from '../world/virtual-time.ts';

/** The clock on the wall of one machine. Somebody may set it wrong; monotonic time runs on. */
export class WallClock implements MachineClock {
  readonly boot = 'the only one';

  /** What it shows beyond the true time, in ms. */
  skewMs: number;

  constructor(skewMs: number) {
    this.skewMs = skewMs;
  }

  now(): number {
    return theTime().wall + this.skewMs;
  }

  /** Runs on with the true time, whatever the wall clock is set to. */
  monotonic(): number {
    return theTime().wall;
  }
}
