import { readFileSync, statSync } from 'node:fs';
import type { EpochMs } from './domain/service-day.ts';
import { Fault } from './fault.ts';

/** Where processes take the time from; verbs get it as an argument. */
export type Clock = { now(): EpochMs };

export const systemClock: Clock = { now: () => Date.now() };

/** How long a read of the file is good for, in ms. */
const REREAD_MS = 20;

/**
 * A clock that a demo or a test sets for all processes at once: the system's time plus the `offsetMs` of a JSON file.
 * A production configuration refuses it.
 *
 * @throws Fault `clock.file-unreadable` when the file is not there or holds no offset.
 */
export function settableClock(file: string): Clock {
  let offsetMs = readOffset(file);
  let changedAt = 0;
  let readAt = 0;
  return {
    now: () => {
      const system = Date.now();
      if (system - readAt >= REREAD_MS) {
        readAt = system;
        const modified = statSync(file).mtimeMs;
        if (modified !== changedAt) {
          changedAt = modified;
          offsetMs = readOffset(file);
        }
      }
      return system + offsetMs;
    },
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
export function clockFor(production: boolean, file = process.env.LIANPIAO_CLOCK_FILE): Clock {
  if (file === undefined || file === '') return systemClock;
  if (production) {
    throw new Fault('clock.not-in-production', 'a settable clock is for demos and tests', {
      hint: '正式环境不能使用演示时钟：请去掉 LIANPIAO_CLOCK_FILE 后重新启动。',
      retryable: false,
    });
  }
  return settableClock(file);
}
