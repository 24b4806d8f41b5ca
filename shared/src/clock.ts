import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import type { EpochMs } from './domain/service-day.ts';
import { Fault } from './fault.ts';

/** Where processes take the time from; verbs get it as an argument. */
export type Clock = { now(): EpochMs };

/** The clocks of a machine. `now` is the wall clock, which a person or a time server may set at any moment. */
export type MachineClock = Clock & {
  /** Ms since the machine was started, sleep included: nobody can set it, and a restarted process goes on with it. */
  monotonic(): number;
  /** Names this start of the machine: readings of `monotonic` are comparable within it only. */
  readonly boot: string;
};

export const systemClock: MachineClock = { now: () => Date.now(), monotonic: sinceStart(), boot: bootId() };

/** How long the process's own clock carries a reading of the machine's on, in ms: to read that opens a file. */
const CARRIED_MS = 20;

/** The machine's reading has steps of 10 ms, and only a sleep takes it further than the process's own clock. */
function sinceStart(): () => number {
  let uptimeMs = uptime() * 1_000;
  let readAt = performance.now();
  return () => {
    const carried = performance.now() - readAt;
    if (carried < CARRIED_MS) return uptimeMs + carried;
    uptimeMs = Math.max(uptimeMs + carried, uptime() * 1_000);
    readAt += carried;
    return uptimeMs;
  };
}

/** Where the system does not say, each process counts as a start of its own. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

/** How long a read of the file is good for, in ms. */
const REREAD_MS = 20;

/**
 * A clock that a demo or a test sets for all processes at once: the system's time plus the `offsetMs` of a JSON file.
 * A production configuration refuses it. Time itself is set, not a wall clock that went wrong: the monotonic one moves too.
 *
 * @throws Fault `clock.file-unreadable` when the file is not there or holds no offset.
 */
export function settableClock(file: string): MachineClock {
  let offsetMs = readOffset(file);
  let changedAt = 0;
  let readAt = 0;
  const offset = () => {
    const system = Date.now();
    if (system - readAt >= REREAD_MS) {
      readAt = system;
      const modified = statSync(file).mtimeMs;
      if (modified !== changedAt) {
        changedAt = modified;
        offsetMs = readOffset(file);
      }
    }
    return offsetMs;
  };
  return {
    now: () => Date.now() + offset(),
    monotonic: () => systemClock.monotonic() + offset(),
    boot: systemClock.boot,
  };
}

function readOffset(file: string): number {
  try {
    const { offsetMs } = JSON.parse(readFileSync(file, 'utf8')) as { offsetMs?: unknown };
    if (typeof offsetMs === 'number' && Number.isSafeInteger(offsetMs)) return offsetMs;
  } catch (cause) {
    throw unreadable(file, cause);
  }
  throw unreadable(file, undefined);
}

function unreadable(file: string, cause: unknown): Fault {
  return new Fault('clock.file-unreadable', `the clock file ${file} holds no offset`, {
    hint: '演示时钟文件读不出：请用 {"offsetMs": 0} 重写它，或去掉 LIANPIAO_CLOCK_FILE。',
    retryable: false,
    cause,
  });
}

/** The clock that the environment asks for. `production` refuses a settable one. @throws Fault `clock.not-in-production`. */
export function clockFor(production: boolean, file = process.env.LIANPIAO_CLOCK_FILE): MachineClock {
  if (file === undefined || file === '') return systemClock;
  if (production) {
    throw new Fault('clock.not-in-production', 'a settable clock is for demos and tests', {
      hint: '正式环境不能使用演示时钟：请去掉 LIANPIAO_CLOCK_FILE 后重新启动。',
      retryable: false,
    });
  }
  return settableClock(file);
}
