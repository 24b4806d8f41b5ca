import type { Channel } from './ticket-number.ts';

/** True for channels that sell at the station itself, from its own database. All others sell on line, through the hub. */
export function isAtStation(channel: Channel): boolean {
  return channel === 'counter' || channel === 'kiosk';
}
