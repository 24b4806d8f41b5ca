import { isAtStation } from './channel.ts';
import type { EpochMs } from './service-day.ts';
import type { Channel } from './ticket-number.ts';

/** How long a seat stays claimed without a sale. The owner's clock decides, no other. */
export type HoldRules = {
  readonly stationMinutes: number;
  readonly onlineMinutes: number;
  /** Holds on line end at the latest that long before departure from the boarding stop, so that the hub can hand over its seats. */
  readonly onlineEndsMinutesBefore: number;
  /** Seats that one caller may hold unsold at a time. A rule set that does not say has the shipped numbers. */
  readonly seatsMax?: HeldSeatsMax;
};

/** `terminal`: a clerk's counter or a machine in the hall. `system`: a channel or legacy software, behind which many people buy. */
export type HeldSeatsMax = { readonly terminal: number; readonly system: number };

export const HELD_SEATS_MAX: HeldSeatsMax = { terminal: 20, system: 200 };

const MINUTE = 60_000;

/** When a hold made now ends. It outlives the payment session of its channel, which is cut to it. */
export function holdEndsAt(channel: Channel, departsAt: EpochMs, rules: HoldRules, now: EpochMs): EpochMs {
  if (isAtStation(channel)) return now + rules.stationMinutes * MINUTE;
  return Math.min(now + rules.onlineMinutes * MINUTE, departsAt - rules.onlineEndsMinutesBefore * MINUTE);
}

/** How many seats a caller may hold at a time. Legacy software sells as the counter and has no clerk of ours. */
export function heldSeatsMax(
  { channel, clerk }: { readonly channel: Channel; readonly clerk: string | null },
  { seatsMax = HELD_SEATS_MAX }: HoldRules,
): number {
  return isAtStation(channel) && (clerk !== null || channel !== 'counter') ? seatsMax.terminal : seatsMax.system;
}
