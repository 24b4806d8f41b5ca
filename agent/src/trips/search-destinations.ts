import { commonMisreading } from './stop-pinyin.ts';

/** What the search looks at. */
export type Searchable = {
  readonly code: string;
  readonly name: string;
  readonly pinyin: string;
  readonly initials: string;
};

/** Longest query that is looked at; nobody types more, and a scanner may. */
const QUERY_MAX = 40;

/** In this order: how well an entry answers to what was typed. */
const RANKS: readonly ((place: Searchable, query: string) => boolean)[] = [
  ({ code }, query) => code.toLowerCase() === query,
  ({ name }, query) => name.toLowerCase() === query,
  ({ initials }, query) => initials === query,
  ({ pinyin }, query) => pinyin === query,
  ({ initials }, query) => initials.startsWith(query),
  ({ pinyin }, query) => pinyin.startsWith(query),
  ({ name }, query) => name.toLowerCase().startsWith(query),
  ({ name }, query) => name.toLowerCase().includes(query),
  ({ code }, query) => /^\d+$/.test(query) && code.startsWith(query),
  // Last, so that who misreads a name finds it and who reads it well is not disturbed.
  ({ name }, query) => /^[a-z]{2,}$/.test(query) && commonMisreading(name).startsWith(query),
];

/**
 * The places that answer to what a clerk typed, best first: exact code, exact initials, then prefixes and characters
 * (counter screen, destination field). Equal ones stay in the order of the list. An empty query answers with all.
 */
export function searchDestinations<Place extends Searchable>(places: readonly Place[], typed: string): Place[] {
  const query = typed.slice(0, QUERY_MAX).normalize('NFKC').toLowerCase().replace(/['\s]/g, '');
  if (query === '') return [...places];
  return places
    .map((place) => ({ place, rank: RANKS.findIndex((answers) => answers(place, query)) }))
    .filter(({ rank }) => rank !== -1)
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place);
}
