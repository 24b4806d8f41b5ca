import type { Clock, MachineClock } from '@lianpiao/shared/clock';
import { type ClockReading, offsetOf } from '@lianpiao/shared/domain/clock-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { ClockOffset } from '@lianpiao/shared/protocol/clock-offset';
import type { ClockStamp } from '@lianpiao/shared/store/store';

/**
 * The time that a station works by: the hub's, carried on by the machine's monotonic clock. Once the hub has been heard,
 * setting the wall clock moves nothing here. Before that there is only the wall clock, and `synced` is false.
 */
export class StationClock implements Clock {
  readonly #machine: MachineClock;
  /** Between the monotonic clock and the hub's. */
  readonly #lead = new ClockOffset();
  /** The lead that an earlier process found, on the same start of the machine. */
  #known: number | null = null;

  constructor(machine: MachineClock) {
    this.#machine = machine;
  }

  /** Corrected time. */
  now(): EpochMs {
    const lead = this.#leadMs;
    return lead === null ? this.#machine.now() : Math.round(this.#machine.monotonic() + lead);
  }

  /** The machine's wall clock, right or wrong. */
  wall(): EpochMs {
    return this.#machine.now();
  }

  /** The hub's time is known since this start of the machine. */
  get synced(): boolean {
    return this.#leadMs !== null;
  }

  /** What is added to the wall clock to get the hub's, in ms; null while it is not known. */
  get offsetMs(): number | null {
    return offsetOf(this.reading());
  }

  /** A question asked `roundTripMs` ago was answered with the hub's clock `hubAt`. */
  exchanged(roundTripMs: number, hubAt: EpochMs): void {
    this.#lead.exchanged(roundTripMs, hubAt, this.#machine.monotonic());
  }

  /** Goes on with the lead of an earlier process, until the hub is heard. */
  resume(leadMs: number): void {
    this.#known = leadMs;
  }

  reading(): ClockReading {
    const { boot } = this.#machine;
    const gapMs = Math.round(this.#machine.now() - this.#machine.monotonic());
    return { boot, gapMs, leadMs: this.#leadMs };
  }

  /** What the clocks read as a fact is written. */
  stamp(): ClockStamp {
    return { wallAt: this.wall(), offsetMs: this.offsetMs, monoMs: Math.round(this.#machine.monotonic()) };
  }

  get #leadMs(): number | null {
    return this.#lead.ms ?? this.#known;
  }
}
