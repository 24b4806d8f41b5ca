import { createHash } from 'node:crypto';
import type { Log } from '@lianpiao/shared/log';
import { currentLife } from '../world/life.ts';

/** What the product says when something is broken that nothing here may break. */
const NEVER = new Set([
  'link.fenced',
  'link.lane-stopped',
  'link.queue-parked',
  'request.failed',
  'link.cannot-read-outbox',
]);

export type Violation = { readonly rule: string; readonly facts: unknown };

/** What happened in a run: the last lines to read, a digest over all of them, and what must not have happened. */
export class Journal {
  readonly violations: Violation[] = [];
  readonly lines: string[] = [];
  readonly counts = new Map<string, number>();
  /** Whether a restore or a copy explains what else must not happen. */
  isExpected: (who: string, event: string, facts: object) => boolean = () => false;
  /** Lines that are kept for the one who has to find out. */
  readonly #kept: number;
  readonly #digest = createHash('sha256');

  constructor(kept: number) {
    this.#kept = kept;
  }

  note(line: string): void {
    this.#digest.update(`${line}\n`);
    this.lines.push(line);
    if (this.lines.length > this.#kept) this.lines.shift();
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  violated(rule: string, facts: unknown): void {
    this.violations.push({ rule, facts });
    this.note(`VIOLATED ${rule} ${JSON.stringify(facts)}`);
  }

  /** A line of a process's log. */
  heard(who: string, event: string, facts: object): void {
    if (event === 'frame.refused' || currentLife()?.dead) return;
    this.note(`  ${who}: ${event} ${JSON.stringify(facts).slice(0, 160)}`);
    if (NEVER.has(event) && !this.isExpected(who, event, facts)) this.violated(event, { who, ...facts });
  }

  logOf(who: string): Log {
    const log = (event: string, facts: object = {}) => this.heard(who, event, facts);
    return Object.assign(log, {
      failed: (event: string, cause: unknown) =>
        this.note(`  ${who}: ${event} ${cause instanceof Error ? cause.message : String(cause)}`),
    }) as unknown as Log;
  }

  digest(): string {
    return this.#digest.copy().digest('hex').slice(0, 16);
  }
}
