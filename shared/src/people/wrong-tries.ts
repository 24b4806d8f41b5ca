import type { EpochMs } from '../domain/service-day.ts';

/** So many wrong tries within so long, and a key rests for so long. */
export type TryRule = { readonly triesMax: number; readonly withinMs: number; readonly restMs: number };

type Tries = { count: number; readonly since: EpochMs; restsUntil: EpochMs };

/** Keys that are remembered at once. Beyond them the oldest is forgotten: guessing fills no memory. */
const KEYS_MAX = 20_000;

/**
 * Counts wrong tries by key, in memory: whoever could restart the process to forget them needs no guessing. A right try
 * counts nothing and forgets nothing, so that one known secret buys no more guesses at others.
 */
export class WrongTries {
  readonly #rule: TryRule;
  readonly #tries = new Map<string, Tries>();

  constructor(rule: TryRule) {
    this.#rule = rule;
  }

  /** Until when the key rests; null when it may be tried. */
  restsUntil(key: string, now: EpochMs): EpochMs | null {
    const until = this.#tries.get(key)?.restsUntil ?? 0;
    return until > now ? until : null;
  }

  /** One wrong try. True when the key rests from now on. */
  count(key: string, now: EpochMs): boolean {
    const { triesMax, withinMs, restMs } = this.#rule;
    const seen = this.#tries.get(key);
    const isOver = !seen || now - seen.since >= withinMs || (seen.restsUntil > 0 && seen.restsUntil <= now);
    const tries = isOver ? { count: 0, since: now, restsUntil: 0 } : seen;
    tries.count += 1;
    const rests = tries.count >= triesMax;
    if (rests) tries.restsUntil = now + restMs;
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    if (this.#tries.size > KEYS_MAX) this.#tries.delete(this.#tries.keys().next().value!);
    return rests;
  }

  /** A try that was counted beforehand was none; with it goes a rest that it caused. */
  takeBack(key: string): void {
    const tries = this.#tries.get(key);
    if (!tries) return;
    tries.count -= 1;
    if (tries.count < this.#rule.triesMax) tries.restsUntil = 0;
  }

  forget(key: string): void {
    this.#tries.delete(key);
  }
}
