import type { Destination } from '@lianpiao/shared/protocol/ticketing';

/** More candidates than the digits can pick would only be read, not chosen. */
export const CANDIDATES_MAX = 9;

/**
 * Places that fit what was typed: initials, full pinyin, station code or characters; better fits first.
 * Among equals the one with more trips today, then the one that leaves earlier.
 */
export function rankDestinations(known: readonly Destination[], query: string): Destination[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  return known
    .map((destination) => ({ destination, fit: fitOf(destination, wanted) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || byUse(a.destination, b.destination))
    .slice(0, CANDIDATES_MAX)
    .map(({ destination }) => destination);
}

function fitOf(destination: Destination, wanted: string): number {
  const code = destination.code.toLowerCase();
  if (code === wanted) return 9;
  if (destination.initials === wanted) return 8;
  if (destination.pinyin === wanted || destination.name === wanted) return 7;
  if (destination.initials.startsWith(wanted)) return 6;
  if (destination.name.startsWith(wanted)) return 5;
  if (destination.pinyin.startsWith(wanted)) return 4;
  if (code.startsWith(wanted)) return 3;
  return destination.name.includes(wanted) ? 2 : 0;
}

function byUse(a: Destination, b: Destination): number {
  const next = (destination: Destination) => destination.nextDepartsAt ?? Number.MAX_SAFE_INTEGER;
  return (
    Number(b.trips > 0) - Number(a.trips > 0) || b.trips - a.trips || next(a) - next(b) || a.code.localeCompare(b.code)
  );
}

/** The list with what the agent found added or replaced, by code. */
export function mergeDestinations(known: readonly Destination[], found: readonly Destination[]): Destination[] {
  const codes = new Map(known.map((destination) => [destination.code, destination]));
  for (const destination of found) codes.set(destination.code, destination);
  return [...codes.values()];
}
