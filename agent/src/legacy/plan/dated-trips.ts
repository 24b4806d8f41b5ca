import { createHash } from 'node:crypto';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type Trip, tripIdOf } from '@lianpiao/shared/domain/trip';
import type { ServiceWindow, SourceReading } from '../port.ts';
import type { SetAsideList } from '../set-aside.ts';
import { daysOf, runsOn } from './run-calendar.ts';
import { checkPlan, type PlanRules, type SoundPlan, type TripPlan } from './trip-plan.ts';

/** Checks plans and makes the trips of a window of them; what cannot be used goes to `aside` with all its lines. */
export function readingOf(
  plans: readonly TripPlan[],
  rules: PlanRules,
  aside: SetAsideList,
  notes: readonly string[],
  window: ServiceWindow,
  now: EpochMs,
): SourceReading {
  const sound: SoundPlan[] = [];
  for (const plan of plans) {
    const checked = checkPlan(plan, rules);
    if ('flaw' in checked) aside.add(plan.file, checked.flaw, plan.lines, plan.sourceNo);
    else sound.push(checked);
  }
  const trips = datedTrips(sound, rules.origin, window, aside);
  const digest = createHash('sha256');
  for (const trip of trips) digest.update(tripDigest(trip));
  digest.update(JSON.stringify([aside.count, aside.entries]));
  return {
    trips,
    setAside: aside.entries,
    setAsideCount: aside.count,
    notes,
    digest: digest.digest('hex'),
    readAt: now,
  };
}

/** Equal for trips that say the same. */
export function tripDigest(trip: Trip): string {
  return createHash('sha256').update(JSON.stringify(trip)).digest('hex');
}

function datedTrips(plans: readonly SoundPlan[], origin: string, window: ServiceWindow, aside: SetAsideList): Trip[] {
  const trips = new Map<string, Trip>();
  const days = daysOf(window);
  for (const sound of plans) {
    const { plan } = sound;
    let twice = false;
    for (const date of days) {
      if (!runsOn(plan.calendar, date)) continue;
      const tripId = tripIdOf(origin, date, plan.tripNo);
      if (trips.has(tripId)) twice = true;
      else trips.set(tripId, tripOn(sound, origin, tripId, date));
    }
    // The first one stands: which of two is meant cannot be known, and the one on sale must not be swapped under tickets.
    const line = plan.lines[0] ?? null;
    const flaw = { reason: 'row.trip-duplicate', line, field: 'number', raw: plan.sourceNo } as const;
    if (twice) aside.add(plan.file, flaw, plan.lines, plan.sourceNo);
  }
  return [...trips.values()].sort(byDeparture);
}

function tripOn({ plan, stops, fares }: SoundPlan, origin: string, tripId: string, date: Trip['serviceDate']): Trip {
  return {
    tripId,
    origin,
    tripNo: plan.tripNo,
    serviceDate: date,
    zone: plan.zone,
    lineCode: plan.lineCode,
    carrier: plan.carrier,
    vehicleClass: plan.vehicleClass,
    kind: plan.kind,
    nature: plan.nature,
    gate: plan.gate,
    stops,
    seats: plan.seats,
    fares,
    epoch: 1,
  };
}

function byDeparture(a: Trip, b: Trip): number {
  const days = a.serviceDate < b.serviceDate ? -1 : Number(a.serviceDate > b.serviceDate);
  const minutes = a.stops[0]!.departs - b.stops[0]!.departs;
  return days || minutes || (a.tripNo < b.tripNo ? -1 : Number(a.tripNo > b.tripNo));
}
