import type { HoldRules } from './hold-rules.ts';
import type { SaleRules } from './sale-rules.ts';
import type { EpochMs } from './service-day.ts';

/** Of a rule set: when the sale on line and its holds end before departure. */
export type CutOffRules = { readonly sale: SaleRules; readonly hold: HoldRules };

const MINUTE = 60_000;

/** From then on the hub takes no new holds at a boarding stop, so its list is made when the last one has ended. */
export function cutOffBeginsAt(departsAt: EpochMs, { sale }: CutOffRules): EpochMs {
  return departsAt - sale.onlineStopMinutes * MINUTE;
}

/** The latest instant of the hub's word about a boarding stop: holds that are left end here, and so do their payments. */
export function cutOffEndsAt(departsAt: EpochMs, rules: CutOffRules): EpochMs {
  const endsAt = departsAt - rules.hold.onlineEndsMinutesBefore * MINUTE;
  return Math.max(endsAt, cutOffBeginsAt(departsAt, rules));
}

/**
 * True when the hub has nothing more to sell at a boarding stop: no new hold may come and none is left, or its time is over
 * (inventory: cut-off, per boarding stop). The hub's own clock decides, whether or not the station hears of it.
 */
export function isFinal(departsAt: EpochMs, liveHolds: number, rules: CutOffRules, now: EpochMs): boolean {
  if (now >= cutOffEndsAt(departsAt, rules)) return true;
  return liveHolds === 0 && now >= cutOffBeginsAt(departsAt, rules);
}
