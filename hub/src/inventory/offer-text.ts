import { discounted } from '@lianpiao/shared/domain/fare-type';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import type { CalendarRide } from './calendar-trip.ts';
import { type SeatCounts, seatsFor } from './seat-counts.ts';

/**
 * An `Offer` as JSON in UTF-8, one character a byte: the same as `offerOf` gives. The figures are written by hand, which
 * takes a third of the time.
 */
export function offerText(ride: CalendarRide, seats: SeatCounts, rules: RuleSet): string {
  const { trip, from, to, boardingText, arrivalText, fullFen, ceilingFen, km } = ride;
  const legs = legsBetween(from, to);
  const remaining = seatsFor(seats, 'free', legs);
  const remainingElsewhere = trip.seatTotal - seatsFor(seats, 'mine', legs);
  const halfFen = discounted(fullFen, 'half', rules.fareTypes);
  const counts = `"remaining":${remaining},"remainingElsewhere":${remainingElsewhere}`;
  const price = `"fullFen":${fullFen},"halfFen":${halfFen},"ceilingFen":${ceilingFen},"km":${km}`;
  return `{${trip.text}${boardingText}${arrivalText}${counts},${price}}`;
}
