import { type FareTable, fullFareOf } from '@lianpiao/shared/domain/fare';
import type { Fen } from '@lianpiao/shared/domain/money';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { offeredArrival, offeredBoarding, offeredTrip } from '@lianpiao/shared/store/trips/offer';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { SeatCounts } from './seat-counts.ts';

/**
 * A trip as the calendar keeps it: what a search needs, and no more, for there are tens of thousands.
 *
 * The texts are the unchanging parts of an offer as JSON, each with a comma behind it, in UTF-8 with one character a byte:
 * encoding Chinese anew for every answer costs more than all the rest of a search.
 */
export type CalendarTrip = {
  readonly tripId: string;
  readonly serviceDate: string;
  /** 售票 is open, at least for stops that the coach has not left. */
  readonly onSale: boolean;
  readonly stopCodes: readonly string[];
  readonly departsAt: readonly EpochMs[];
  readonly km: readonly number[];
  readonly fares: FareTable;
  readonly seatTotal: number;
  readonly text: string;
  readonly boardingTexts: readonly string[];
  readonly arrivalTexts: readonly string[];
  /** Seats that the hub has; unknown after a change until somebody asks. `version` rises with each change. */
  seats: SeatCounts | undefined;
  version: number;
};

export function calendarTrip(trip: KnownTrip, seats: SeatCounts | undefined): CalendarTrip {
  return {
    tripId: trip.tripId,
    serviceDate: trip.serviceDate,
    onSale: trip.state === 'open' || trip.state === 'departed',
    stopCodes: trip.stops.map(({ code }) => code),
    departsAt: trip.stops.map((_, stop) => departsAt(trip, stop)),
    km: trip.stops.map(({ km }) => km),
    fares: trip.fares,
    seatTotal: trip.seats.length,
    text: textOf(offeredTrip(trip)),
    boardingTexts: trip.stops.map((_, stop) => textOf(offeredBoarding(trip, stop))),
    arrivalTexts: trip.stops.map((_, stop) => textOf(offeredArrival(trip, stop))),
    seats,
    version: 0,
  };
}

/** A ride as the calendar keeps it. Everything that an offer needs lies near: memory that is far away is what a search waits for. */
export type CalendarRide = {
  readonly trip: CalendarTrip;
  readonly from: number;
  readonly to: number;
  readonly boardingText: string;
  readonly arrivalText: string;
  readonly fullFen: Fen;
  readonly ceilingFen: Fen | null;
  readonly km: number;
};

/** Undefined where no fare is set for that ride. */
export function calendarRide(trip: CalendarTrip, from: number, to: number): CalendarRide | undefined {
  const full = fullFareOf(trip.fares, from, to);
  if (!full.ok) return undefined;
  const { fullFen, ceilingFen } = full.value;
  const [boardingText, arrivalText] = [trip.boardingTexts[from]!, trip.arrivalTexts[to]!];
  return { trip, from, to, boardingText, arrivalText, fullFen, ceilingFen, km: trip.km[to]! - trip.km[from]! };
}

function textOf(part: object): string {
  return Buffer.from(`${JSON.stringify(part).slice(1, -1)},`).toString('latin1');
}
