/** The same refusal is reported at most this often, with how many there were. In ms. */
const REPORT_MS = 30_000;
/** Different reporters that are told apart; past it everything is counted under `other`. */
const KINDS_MAX = 1_000;

/**
 * Counts what is dropped, by code and by who sent it, and reports it without letting a flood of bad frames become a flood
 * of log lines. `now` is a monotonic time in ms.
 */
export class RefusalTally {
  readonly #report: (code: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly #kinds = new Map<string, { count: number; unreported: number; reportedAt: number }>();

  constructor(report: (code: string, facts: Readonly<Record<string, unknown>>) => void) {
    this.#report = report;
  }

  note(code: string, from: string, facts: Readonly<Record<string, unknown>>, now: number): void {
    const name = `${code} ${from}`;
    const key = this.#kinds.has(name) || this.#kinds.size < KINDS_MAX ? name : 'other';
    const kind = this.#kinds.get(key) ?? { count: 0, unreported: 0, reportedAt: Number.NEGATIVE_INFINITY };
    this.#kinds.set(key, kind);
    kind.count += 1;
    kind.unreported += 1;
    if (now - kind.reportedAt < REPORT_MS) return;
    this.#report(code, { ...facts, from, count: kind.unreported });
    kind.reportedAt = now;
    kind.unreported = 0;
  }

  /** How many were dropped, by code. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [name, { count }] of this.#kinds) {
      const code = name.split(' ')[0]!;
      counts[code] = (counts[code] ?? 0) + count;
    }
    return counts;
  }
}
