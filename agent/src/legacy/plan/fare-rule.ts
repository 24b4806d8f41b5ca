import { fromCumulative, fromPairs, type PairFares, type PerPair, pairIndex } from '@lianpiao/shared/domain/fare';
import { type Fen, fen } from '@lianpiao/shared/domain/money';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';

/** A price list by distance: the first `upToKm` kilometres at one rate, the next at another; null is "and beyond". */
export type KilometreTable = {
  readonly bands: readonly { readonly upToKm: number | null; readonly fenPerKm: number }[];
  readonly minimumFen: number;
  /** A fare is rounded up to a multiple of this. */
  readonly roundToFen: number;
};

/** How the fares of all pairs of stops come about. */
export type FareRule =
  /** Each stop has its price from the first stop; between two others the difference counts, at least `minimumFen`. */
  | { readonly kind: 'cumulative'; readonly minimumFen: number }
  | ({ readonly kind: 'kilometres' } & KilometreTable)
  /** Every pair has its own price, in the order of `pairIndex`. */
  | { readonly kind: 'pairs'; readonly full: PerPair };

/** No fare may be above `fen`; with `fenPerKm`, none above that rate either, and the trip carries it as 上限票价. */
export type FareCeiling = { readonly fen: number; readonly fenPerKm: number | null };

export type FarePoint = { readonly km: number; readonly fareFen: Fen | null };

type FareFlaw = {
  readonly code: 'row.fare-backwards' | 'row.fare-missing' | 'row.fare-over-ceiling';
  /** The stop at which it shows. */
  readonly stop: number;
};

/** Fares between all stops; refused where prices fall, where nothing at all would be sold, or where the ceiling is passed. */
export function pairFares(
  rule: FareRule,
  points: readonly FarePoint[],
  ceiling: FareCeiling,
): Outcome<PairFares, FareFlaw> {
  const made = uncapped(rule, points);
  if (!made.ok) return made;
  const { full } = made.value;
  if (full.every((fare) => fare === null)) return refuse({ code: 'row.fare-missing', stop: points.length - 1 });
  const limits = fromPairs(points.length, (from, to) => limitOf(ceiling, points[to]!.km - points[from]!.km));
  for (let from = 0; from < points.length; from += 1) {
    for (let to = from + 1; to < points.length; to += 1) {
      const index = pairIndex(from, to, points.length);
      const [fare, limit] = [full[index] ?? null, limits.full[index] ?? null];
      if (fare !== null && limit !== null && fare > limit) return refuse({ code: 'row.fare-over-ceiling', stop: to });
    }
  }
  return done(ceiling.fenPerKm === null ? made.value : { ...made.value, ceiling: limits.full });
}

/** Price of a ride of whole kilometres, by the bands of the table. */
export function fareForKm(km: number, table: KilometreTable): Fen {
  let total = 0;
  let covered = 0;
  for (const { upToKm, fenPerKm } of table.bands) {
    const end = Math.min(km, upToKm ?? km);
    total += Math.max(0, end - covered) * fenPerKm;
    covered = Math.max(covered, end);
  }
  const rounded = Math.ceil(Math.max(total, table.minimumFen) / table.roundToFen) * table.roundToFen;
  return fen(rounded);
}

function uncapped(rule: FareRule, points: readonly FarePoint[]): Outcome<PairFares, FareFlaw> {
  if (rule.kind === 'pairs') return done({ full: rule.full });
  if (rule.kind === 'kilometres') {
    return done(fromPairs(points.length, (from, to) => fareForKm(points[to]!.km - points[from]!.km, rule)));
  }
  const prices = points.map((point, index) => (index === 0 ? fen(0) : point.fareFen));
  const fares = fromCumulative(prices, fen(rule.minimumFen));
  return fares.ok ? fares : refuse({ code: 'row.fare-backwards', stop: fares.refusal.stop });
}

function limitOf(ceiling: FareCeiling, km: number): Fen {
  const byDistance = ceiling.fenPerKm === null ? ceiling.fen : Math.floor(km * ceiling.fenPerKm);
  return fen(Math.min(ceiling.fen, byDistance));
}
