import { isAtStation } from './channel.ts';
import type { EpochMs } from './service-day.ts';
import type { Channel } from './ticket-number.ts';

/** How long a seat stays claimed without a sale. The owner's clock decides, no other. */
export type HoldRules = {
  readonly stationMinutes: number;
  readonly onlineMinutes: number;
  /** Holds on line end at the latest that long before departure from the boarding stop, so that the hub can hand over its seats. */
  readonly onlineEndsMinutesBefore: number;
};

const MINUTE = 60_000;

/** When a hold made now ends. It outlives the payment session of its channel, which is cut to it. */
export function holdEndsAt(channel: Channel, departsAt: EpochMs, rules: HoldRules, now: EpochMs): EpochMs {
  if (isAtStation(channel)) return now + rules.stationMinutes * MINUTE;
  return Math.min(now + rules.onlineMinutes * MINUTE, departsAt - rules.onlineEndsMinutesBefore * MINUTE);
}
