import { type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import type { PickupProof } from '../protocol/ticketing.ts';
import { type TryRule, WrongTries } from './wrong-tries.ts';

const MINUTE = 60_000;
/** A counter or a kiosk of a station: typing mistakes of a busy hour stay far below. */
export const TERMINAL_TRIES: TryRule = { triesMax: 10, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
/** A whole station: as the hub sees it, and its legacy software, behind which many counters hand out. */
export const STATION_TRIES: TryRule = { triesMax: 100, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
/** Codes that begin alike, tried by whoever: what many callers together may guess. */
const PREFIX_TRIES: TryRule = { triesMax: 30, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
const PREFIX_DIGITS = 4;
/** A caller that has shown a right code may go on with it that long, whatever else is tried meanwhile. */
const SHOWN_MS = 60 * MINUTE;
const SHOWN_MAX = 5_000;

/**
 * Limits guessing of pickup codes, by caller and by the code's first digits. A caller that has shown a right code is not
 * stopped with it: the kiosk that lost an answer asks again, and must not be told no for tickets it was given.
 */
export class PickupTries {
  readonly #byCaller: WrongTries;
  readonly #byPrefix = new WrongTries(PREFIX_TRIES);
  readonly #shown = new Map<string, EpochMs>();

  constructor(byCaller: TryRule) {
    this.#byCaller = new WrongTries(byCaller);
  }

  /**
   * Looks at a proof unless too many wrong ones came from there. A code counts as wrong while it is looked at, so that
   * guesses sent at once are counted too. A document is no secret to guess and is always looked at.
   */
  async look<Value>(
    caller: string,
    proof: PickupProof,
    clock: { now(): EpochMs },
    find: () => Promise<Outcome<Value, { readonly code: string }>>,
  ): Promise<Outcome<Value, { readonly code: string }>> {
    if (!('pickupCode' in proof)) return find();
    const now = clock.now();
    const { pickupCode } = proof;
    const [shown, prefix] = [`${caller} ${pickupCode}`, pickupCode.slice(0, PREFIX_DIGITS)];
    if ((this.#shown.get(shown) ?? 0) > now) return find();
    const until = this.#byCaller.restsUntil(caller, now) ?? this.#byPrefix.restsUntil(prefix, now);
    if (until !== null) return refuse({ code: 'pickup.too-many-tries', until });

    this.#byCaller.count(caller, now);
    this.#byPrefix.count(prefix, now);
    let isWrong = false;
    try {
      const found = await find();
      isWrong = found.ok ? isNothing(found.value) : WRONG.has(found.refusal.code);
      if (found.ok && !isWrong) this.#show(shown, clock.now() + SHOWN_MS);
      return found;
    } finally {
      if (!isWrong) {
        this.#byCaller.takeBack(caller);
        this.#byPrefix.takeBack(prefix);
      }
    }
  }

  #show(shown: string, until: EpochMs): void {
    this.#shown.delete(shown);
    this.#shown.set(shown, until);
    if (this.#shown.size > SHOWN_MAX) this.#shown.delete(this.#shown.keys().next().value!);
  }
}

/** Refusals that say that the code was wrong; others, as a line that is down, say nothing about it. */
const WRONG: ReadonlySet<string> = new Set(['pickup.unknown', 'pickup.not-found']);

function isNothing(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
