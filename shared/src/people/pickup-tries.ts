import type { EpochMs } from '../domain/service-day.ts';
import type { PickupProof } from '../protocol/ticketing.ts';
import { type TryRule, WrongTries } from './wrong-tries.ts';

const MINUTE = 60_000;
/** A counter or a kiosk of a station: typing mistakes of a busy hour stay far below. */
export const TERMINAL_TRIES: TryRule = { triesMax: 10, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
/** A whole station, as the hub sees it. */
export const STATION_TRIES: TryRule = { triesMax: 100, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
/** Codes that begin alike, tried by whoever: what many callers together may guess. */
const PREFIX_TRIES: TryRule = { triesMax: 30, withinMs: 10 * MINUTE, restMs: 5 * MINUTE };
const PREFIX_DIGITS = 4;
/** A caller that has shown a right code may go on with it that long, whatever else is tried meanwhile. */
const SHOWN_MS = 60 * MINUTE;
const SHOWN_MAX = 5_000;

export type PickupRest = { readonly code: 'pickup.too-many-tries'; readonly until: EpochMs };

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

  /** Why this proof is not looked at now; null when it is. A document is no secret to guess and is always looked at. */
  rest(caller: string, proof: PickupProof, now: EpochMs): PickupRest | null {
    if (!('pickupCode' in proof)) return null;
    const { pickupCode } = proof;
    if ((this.#shown.get(`${caller} ${pickupCode}`) ?? 0) > now) return null;
    const until = this.#byCaller.restsUntil(caller, now) ?? this.#byPrefix.restsUntil(prefixOf(pickupCode), now);
    return until === null ? null : { code: 'pickup.too-many-tries', until };
  }

  /** What came of looking at it. */
  note(caller: string, proof: PickupProof, isRight: boolean, now: EpochMs): void {
    if (!('pickupCode' in proof)) return;
    const { pickupCode } = proof;
    const shown = `${caller} ${pickupCode}`;
    if (isRight) {
      this.#shown.delete(shown);
      this.#shown.set(shown, now + SHOWN_MS);
      if (this.#shown.size > SHOWN_MAX) this.#shown.delete(this.#shown.keys().next().value!);
    } else if ((this.#shown.get(shown) ?? 0) <= now) {
      this.#byCaller.count(caller, now);
      this.#byPrefix.count(prefixOf(pickupCode), now);
    }
  }
}

const prefixOf = (pickupCode: string): string => pickupCode.slice(0, PREFIX_DIGITS);

/** Refusals that say that the code was wrong; others, as a line that is down, say nothing about it. */
export function isWrongPickup(code: string): boolean {
  return code === 'pickup.unknown' || code === 'pickup.not-found';
}
