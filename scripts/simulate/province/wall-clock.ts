import type { Clock } from '@lianpiao/shared/clock';
import { theTime } from '../world/virtual-time.ts';

/** The clock on the wall of one machine. Somebody may set it wrong; monotonic time runs on. */
export class WallClock implements Clock {
  /** What it shows beyond the true time, in ms. */
  skewMs: number;

  constructor(skewMs: number) {
    this.skewMs = skewMs;
  }

  now(): number {
    return theTime().wall + this.skewMs;
  }
}
