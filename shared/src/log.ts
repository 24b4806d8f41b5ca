import pino from 'pino';
import { Fault } from './fault.ts';

export type Facts = Readonly<Record<string, unknown>>;
/** One JSON line per event `noun.verbed`, with ids and codes. Never a name or a document number. */
export type Log = {
  (event: string, facts?: Facts): void;
  /** Something failed; says so with its code. */
  failed(what: string, cause: unknown): void;
};

/** The log of a process, on its standard output. */
export function processLog(name: string): Log {
  const lines = pino({
    base: { process: name },
    timestamp: () => `,"at":${Date.now()}`,
    formatters: { level: (level) => ({ level }) },
  });
  const log = (event: string, facts: Facts = {}) => lines.info({ event, ...facts });
  const failed = (what: string, cause: unknown) => {
    const facts = cause instanceof Fault ? { code: cause.code, hint: cause.detail.hint, ...cause.detail.facts } : {};
    lines.error({
      event: what,
      reason: cause instanceof Error ? cause.message : String(cause),
      ...facts,
      ...(cause instanceof Fault ? {} : { stack: (cause as Error)?.stack }),
    });
  };
  return Object.assign(log, { failed });
}
