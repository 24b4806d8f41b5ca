import { invariant } from './invariant.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/** An instant: milliseconds since 1970-01-01T00:00Z. Fields that hold one end in `At`. */
export type EpochMs = number;

/** A calendar day as `YYYYMMDD`, of a trip's zone and without a time. Fields that hold one end in `On` or are named `serviceDate`. */
export type ServiceDate = string & { readonly __unit: 'service-date' };

/** Clock minutes of a service day end before 72:00: the longest coach runs arrive on the third day. */
export const MINUTES_MAX = 72 * 60;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR_MIN = 1900;
const YEAR_MAX = 2199;

/** Reads `20251121`, `2025-11-21` or `2025/11/21`; days that the calendar does not have are refused. Years 1900 to 2199. */
export function serviceDate(
  text: string,
): Outcome<ServiceDate, { readonly code: 'date.not-a-date'; readonly text: string }> {
  const match = /^(\d{4})([-/]?)(\d{2})\2(\d{2})$/.exec(text);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[3]), Number(match?.[4])];
  const at = new Date(Date.UTC(year, month - 1, day));
  const real =
    match && year >= YEAR_MIN && year <= YEAR_MAX && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? done(dateOfUtc(at)) : refuse({ code: 'date.not-a-date', text: text.slice(0, 24) });
}

/** The calendar day that a clock in `zone` shows at that instant. */
export function serviceDateOf(at: EpochMs, zone: string): ServiceDate {
  return dateOfUtc(new Date(at + offsetAt(at, zone)));
}

export function addDays(date: ServiceDate, days: number): ServiceDate {
  return dateOfUtc(new Date(utcMidnight(date) + days * DAY));
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: ServiceDate, to: ServiceDate): number {
  return (utcMidnight(to) - utcMidnight(from)) / DAY;
}

/** 1 = Monday … 7 = Sunday (ISO 8601). */
export function weekday(date: ServiceDate): number {
  return new Date(utcMidnight(date)).getUTCDay() || 7;
}

/**
 * The instant at which a timetable of that service day shows `minutes`.
 *
 * As in GTFS, minutes count from noon minus twelve hours, not from midnight: on the two days of the year on which a zone
 * changes its clocks, 08:00 in the timetable is still 08:00 on the wall. The zone must be one that `isTimeZone` knows.
 */
export function instantOf(date: ServiceDate, minutes: number, zone: string): EpochMs {
  return startOfServiceDay(date, zone) + minutes * MINUTE;
}

/** Minutes on the clock of a service day at an instant, cut down to the whole minute: the opposite of `instantOf`. May be negative or pass 24:00. */
export function minutesInto(date: ServiceDate, at: EpochMs, zone: string): number {
  return Math.floor((at - startOfServiceDay(date, zone)) / MINUTE);
}

/** True for a zone name of the IANA database, as `agency_timezone` of a GTFS feed should be one. */
export function isTimeZone(zone: string): boolean {
  if (zone === 'Asia/Shanghai') return true;
  try {
    return /^[A-Za-z][A-Za-z0-9_+/-]{1,39}$/.test(zone) && wallClockOf(zone) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Reads a clock time of a timetable, which may pass midnight: `8:05` → 485, `25:10` → 1510. Seconds are cut off, so that a
 * passenger is never told a later minute than the coach keeps. Less than 72:00.
 */
export function clockMinutes(
  text: string,
): Outcome<number, { readonly code: 'time.not-a-time' | 'time.out-of-range'; readonly text: string }> {
  const match = /^(\d{1,3})[:：](\d{2})(?:[:：](\d{2}))?$/.exec(text.trim());
  const [hours, minutes, seconds] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)];
  if (!match || minutes > 59 || seconds > 59) return refuse({ code: 'time.not-a-time', text: text.slice(0, 24) });
  const total = hours * 60 + minutes;
  return total < MINUTES_MAX ? done(total) : refuse({ code: 'time.out-of-range', text: text.slice(0, 24) });
}

/** `25:10`: hours and minutes of the service day, past 24:00 where the trip is. The form of files, messages and codes. */
export function formatMinutes(minutes: number): string {
  invariant(Number.isInteger(minutes) && minutes >= 0, 'clock minutes are whole and not negative', { minutes });
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** What a clock on the wall shows, and how many days after the service date: 1510 → `01:10`, 1. Screens word the days (次日 01:10). */
export function wallTime(minutes: number): { readonly time: string; readonly daysLater: number } {
  return { time: formatMinutes(minutes % 1440), daysLater: Math.floor(minutes / 1440) };
}

const two = (value: number) => String(value).padStart(2, '0');

function dateOfUtc(at: Date): ServiceDate {
  return `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}` as ServiceDate;
}

function utcMidnight(date: ServiceDate): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
}

/** Noon minus twelve hours: local midnight, except on the days on which the clocks change. */
function startOfServiceDay(date: ServiceDate, zone: string): EpochMs {
  const noon = utcMidnight(date) + 12 * HOUR;
  // The offset at noon UTC may be that of another side of a change; asked again at the instant it leads to, it is right.
  const guess = noon - offsetAt(noon, zone);
  return noon - offsetAt(guess, zone) - 12 * HOUR;
}

/** What the clocks of `zone` are ahead of UTC at that instant. China has one zone and, since 1992, no summer time. */
function offsetAt(at: EpochMs, zone: string): number {
  if (zone === 'Asia/Shanghai') return 8 * HOUR;
  const parts = wallClockOf(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(at / 1000) * 1000;
}

/** Building a formatter costs a thousand times what using it does. The map only remembers; it never changes an answer. */
const wallClocks = new Map<string, Intl.DateTimeFormat>();

function wallClockOf(zone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  wallClocks.set(zone, made);
  return made;
}
