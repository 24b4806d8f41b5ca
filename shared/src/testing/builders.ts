import { fromKilometres } from '../domain/fare.ts';
import { fen } from '../domain/money.ts';
import type { ServiceDate } from '../domain/service-day.ts';
import { type Trip, tripIdOf } from '../domain/trip.ts';

/** Noon of the service date of `aTrip`, in Shanghai. */
export const NOON = Date.UTC(2026, 10, 21, 4);

type Wishes = Partial<
  Pick<Trip, 'origin' | 'tripNo' | 'serviceDate' | 'zone' | 'lineCode' | 'carrier' | 'vehicleClass' | 'gate' | 'epoch'>
> & {
  readonly seatCount?: number;
  /** Names of the stops, 60 minutes and 50 km apart. */
  readonly stops?: readonly string[];
  /** Minutes after midnight at the first stop. */
  readonly departs?: number;
};

/** A trip of a synthetic timetable: 45 seats, three stops, from station 330100001 at 18:00. */
export function aTrip(wishes: Wishes = {}): Trip {
  const {
    seatCount = 45,
    stops = ['杭州', '绍兴', '宁波'],
    departs = 18 * 60,
    origin = '330100001',
    tripNo = 'K105',
  } = wishes;
  const serviceDate = wishes.serviceDate ?? ('20261121' as ServiceDate);
  const km = stops.map((_, index) => index * 50);
  return {
    tripId: tripIdOf(origin, serviceDate, tripNo),
    origin,
    tripNo,
    serviceDate,
    zone: wishes.zone ?? 'Asia/Shanghai',
    lineCode: wishes.lineCode ?? 'L1',
    carrier: wishes.carrier ?? 'carrier-1',
    vehicleClass: wishes.vehicleClass ?? 'large-high-1',
    kind: 'regular',
    nature: 'fixed',
    gate: wishes.gate ?? '3',
    stops: stops.map((name, index) => ({
      code: index === 0 ? origin : `S${index}`,
      name,
      station: index === 0 ? origin : null,
      arrives: departs + index * 60,
      departs: departs + index * 60,
      km: km[index]!,
    })),
    seats: Array.from({ length: seatCount }, (_, index) => String(index + 1).padStart(2, '0')),
    fares: { stopCount: stops.length, seatTypes: { seat: fromKilometres(km, fen(40), fen(500)) } },
    epoch: wishes.epoch ?? 1,
  };
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Synthetic adults for tests: born 1990-03-07, region 330106, the number's check digit is right. `index` 0 … 999. */
export function aPassenger(index: number): { name: string; idType: 'resident'; idNo: string } {
  const body = `33010619900307${String(index).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, position) => total + weight * Number(body[position]), 0);
  return {
    name: `测试${'甲乙丙丁戊己庚辛壬癸'[index % 10]}`,
    idType: 'resident',
    idNo: body + '10X98765432'[sum % 11],
  };
}

/** A synthetic child that rides free, with a document of its own. */
export function aChild(index: number) {
  const idNo = `E${String(index).padStart(8, '0')}`;
  return { name: '测试童', idType: 'passport' as const, idNo, fareType: 'freeChild' as const };
}
