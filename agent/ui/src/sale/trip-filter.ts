import type { Offer } from '@lianpiao/shared/protocol/ticketing';

/** Times of the day that `*` goes through: minutes of the service day, from inclusive, to exclusive. */
export const TIME_FILTERS = ['all', 'soon', 'morning', 'afternoon', 'evening'] as const;
export type TimeFilter = (typeof TIME_FILTERS)[number];

const HOUR_MS = 3_600_000;
const NOON = 12;
const EVENING = 18;

/** The trips of that time of day. `soon` is the next two hours from `now`. */
export function filterTrips(offers: readonly Offer[], filter: TimeFilter, now: number): Offer[] {
  return offers.filter((offer) => {
    const hour = Number(offer.departs.split(':')[0]);
    if (filter === 'soon') return offer.departsAt >= now && offer.departsAt < now + 2 * HOUR_MS;
    if (filter === 'morning') return hour < NOON;
    if (filter === 'afternoon') return hour >= NOON && hour < EVENING;
    return filter === 'all' || hour >= EVENING;
  });
}

/** What decides, besides the trip itself, whether it can be sold here: whether the hub answers, and what time it is. */
export type Moment = { readonly online: boolean; readonly now: number };

export type NotSaleable = 'suspended' | 'closed' | 'departed' | 'cancelled' | 'full' | 'hub-only';

/** Why a trip cannot be sold right now, as the end of a catalogue key; null when it can. Sale ends with the departure; the hub's seats count only while the hub answers. */
export function notSaleable(offer: Offer, moment: Moment): NotSaleable | null {
  if (offer.state !== 'open') return offer.state;
  if (offer.departsAt <= moment.now) return 'closed';
  if (offer.remaining > 0) return null;
  if (offer.remainingElsewhere === 0) return 'full';
  return moment.online ? null : 'hub-only';
}

/** Where the cursor stops: the first trip that can be sold, else the first. */
export function firstSaleable(offers: readonly Offer[], moment: Moment): number {
  return Math.max(
    0,
    offers.findIndex((offer) => notSaleable(offer, moment) === null),
  );
}
