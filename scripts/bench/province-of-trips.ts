import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { fromKilometres } from '@lianpiao/shared/domain/fare';
import { allLegs } from '@lianpiao/shared/domain/legs';
import { fen } from '@lianpiao/shared/domain/money';
import { addDays, type ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { know } from '@lianpiao/shared/store/seats/seat-rows';
import { saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aTrip } from '@lianpiao/shared/testing/builders';

/** The timetable of `npm run bench -- search`: synthetic, the same at every run. */
export const STOP_CODES = Array.from({ length: 200 }, (_, index) => `330${String(100_001 + index * 7)}`);
export const DATES = Array.from({ length: 7 }, (_, index) => addDays('20261122' as ServiceDate, index));
const TRIPS_PER_COMMIT = 200;
/** Seats of a trip that its station has given to the hub. */
const SEATS_AT_HUB = 10;

/** Numbers that look random and are the same at every run (mulberry32): 0 up to `below`, not included. */
export function diceOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Writes `count` trips of 2 to 12 stops, with seats that the hub owns. */
export async function publishTrips(store: HubStore, count: number): Promise<void> {
  const dice = diceOf(1);
  for (let first = 0; first < count; first += TRIPS_PER_COMMIT) {
    const trips = Array.from({ length: Math.min(TRIPS_PER_COMMIT, count - first) }, (_, index) =>
      tripNumber(first + index, dice),
    );
    await store.transaction(async (tx) => {
      for (const trip of trips) {
        await saveTrip(tx, trip);
        const mine = allLegs(trip.stops.length);
        for (const [position, seat] of trip.seats.slice(0, SEATS_AT_HUB).entries())
          await know(tx, { tripId: trip.tripId, seat, position, epoch: trip.epoch, mine });
      }
    });
  }
}

function tripNumber(index: number, dice: (below: number) => number): Trip {
  const codes = new Set<string>();
  for (const length = 2 + dice(11); codes.size < length; ) codes.add(STOP_CODES[dice(STOP_CODES.length)]!);
  const [origin = ''] = codes;
  const departs = 5 * 60 + dice(14 * 60);
  const km = Array.from(codes, (_, stop) => stop * (20 + dice(10)));
  km.sort((a, b) => a - b);
  const trip = aTrip({ origin, tripNo: `K${index}`, serviceDate: DATES[index % DATES.length]!, departs });
  return {
    ...trip,
    lineCode: `L${index % 1500}`,
    stops: Array.from(codes, (code, stop) => ({
      code,
      name: `客运中心站${code.slice(-3)}`,
      station: stop === 0 ? code : null,
      arrives: departs + stop * 35,
      departs: departs + stop * 35,
      km: km[stop]!,
    })),
    fares: { stopCount: codes.size, seatTypes: { seat: fromKilometres(km, fen(40), fen(500)) } },
  };
}
