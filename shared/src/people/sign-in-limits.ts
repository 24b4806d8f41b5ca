import type { EpochMs } from '../domain/service-day.ts';
import { WrongTries } from './wrong-tries.ts';

const MINUTE = 60_000;
/** Wrong passwords for one account from one address before it rests there. */
const ADDRESS_TRIES = { triesMax: 5, withinMs: 60 * MINUTE, restMs: 5 * MINUTE };
/** Wrong passwords for one account from everywhere, since its last right one, before strange addresses are slowed down. */
const ACCOUNT_FAILURES_MAX = 30;
/** Then each further wrong one costs all strange addresses so much time. */
const SLOWED_MS = MINUTE;
/** Windows from which people have signed in that are remembered. */
const KNOWN_MAX = 5_000;

export type SignInRest = { readonly code: 'auth.locked' | 'auth.slowed'; readonly until: EpochMs };

/**
 * Who may try a password: an account rests at the address that guessed at it and nowhere else, so that a stranger locks no
 * clerk out of his own window. Against guessing from many addresses strange ones wait together, while an address where
 * the account has signed in since the start does not.
 */
export class SignInLimits {
  readonly #tries = new WrongTries(ADDRESS_TRIES);
  readonly #known = new Set<string>();

  /** Why no password is looked at now; null when one is. `slowedUntil` stands with the account. */
  rest(user: string, address: string, slowedUntil: EpochMs | null, now: EpochMs): SignInRest | null {
    const pair = `${address} ${user}`;
    const until = this.#tries.restsUntil(pair, now);
    if (until !== null) return { code: 'auth.locked', until };
    if (slowedUntil === null || slowedUntil <= now || this.#known.has(pair)) return null;
    return { code: 'auth.slowed', until: slowedUntil };
  }

  /** A password is about to be looked at. It counts as wrong until `right` says otherwise, so that tries at once are counted too. True when it was the last for now. */
  tried(user: string, address: string, now: EpochMs): boolean {
    return this.#tries.count(`${address} ${user}`, now);
  }

  right(user: string, address: string): void {
    const pair = `${address} ${user}`;
    this.#tries.forget(pair);
    this.#known.delete(pair);
    this.#known.add(pair);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.values().next().value!);
  }
}

/** Until when strange addresses wait after so many wrong passwords in a row; null while there are few. */
export function slowedUntil(failures: number, now: EpochMs): EpochMs | null {
  return failures >= ACCOUNT_FAILURES_MAX ? now + SLOWED_MS : null;
}
