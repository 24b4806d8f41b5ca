import { discounted, type FareRules, type FareType } from './fare-type.ts';
import { invariant } from './invariant.ts';
import { type Fen, fen } from './money.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/** 座位类型: seat, sleeper, and extra places (folding or standing) that a province may allow. */
export type SeatType = 'seat' | 'sleeper' | 'extra';

/** One amount per pair of stops, at `pairIndex`; null where no ticket is sold. */
export type PerPair = readonly (Fen | null)[];

/** Fares of one seat type between all stops of a trip. */
export type PairFares = {
  /** 执行票价, of an adult. */
  readonly full: PerPair;
  /** 政府指导价, where the authority has set one. */
  readonly guided?: PerPair | undefined;
  /** 上限票价: no executed fare may be higher. */
  readonly ceiling?: PerPair | undefined;
};

/** What a trip costs. Plain data: it travels in the trip's message as it is. */
export type FareTable = {
  readonly stopCount: number;
  readonly seatTypes: { readonly [type in SeatType]?: PairFares | undefined };
};

/** A fare with what the ticket face and the public query show beside it. */
export type FareQuote = {
  readonly fareFen: Fen;
  readonly fullFen: Fen;
  readonly guidedFen: Fen | null;
  readonly ceilingFen: Fen | null;
};

export type FareRefusal =
  | { readonly code: 'fare.missing'; readonly from: number; readonly to: number; readonly seatType: SeatType }
  | {
      readonly code: 'fare.above-ceiling';
      readonly from: number;
      readonly to: number;
      readonly fullFen: Fen;
      readonly ceilingFen: Fen;
    };

/** Where the pair `from` → `to` stands in a list of all pairs of stops: 0→1, 0→2, … 1→2, 1→3, … */
export function pairIndex(from: number, to: number, stopCount: number): number {
  invariant(
    Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to < stopCount,
    'a ride goes forward along the stops of its trip',
    { from, to, stopCount },
  );
  return (from * (2 * stopCount - from - 1)) / 2 + (to - from - 1);
}

/** Number of pairs of stops of a trip. */
export function pairCount(stopCount: number): number {
  return (stopCount * (stopCount - 1)) / 2;
}

/** What the table says of a ride, for an adult. */
export type FullFare = Omit<FareQuote, 'fareFen'>;

/**
 * The executed fare of an adult from stop `from` to stop `to`.
 *
 * Refused where no fare is set, and where the executed fare is above the ceiling: the law forbids that sale, whatever the
 * station's table says (F6.3).
 */
export function fullFareOf(
  table: FareTable,
  from: number,
  to: number,
  seatType: SeatType = 'seat',
): Outcome<FullFare, FareRefusal> {
  const index = pairIndex(from, to, table.stopCount);
  const fares = table.seatTypes[seatType];
  const fullFen = fares?.full[index] ?? null;
  const ceilingFen = fares?.ceiling?.[index] ?? null;
  if (fullFen === null) return refuse({ code: 'fare.missing', from, to, seatType });
  if (ceilingFen !== null && fullFen > ceilingFen) {
    return refuse({ code: 'fare.above-ceiling', from, to, fullFen, ceilingFen });
  }
  return done({ fullFen, guidedFen: fares?.guided?.[index] ?? null, ceilingFen });
}

/** What a passenger of that fare type pays from stop `from` to stop `to`; refused as `fullFareOf`. */
export function fareOf(
  table: FareTable,
  from: number,
  to: number,
  fareType: FareType,
  rules: FareRules,
  seatType: SeatType = 'seat',
): Outcome<FareQuote, FareRefusal> {
  const full = fullFareOf(table, from, to, seatType);
  if (!full.ok) return full;
  return done({ fareFen: discounted(full.value.fullFen, fareType, rules), ...full.value });
}

/** Fares from one price per pair; `price` answers null where no ticket is sold. */
export function fromPairs(stopCount: number, price: (from: number, to: number) => Fen | null): PairFares {
  const full: (Fen | null)[] = [];
  for (let from = 0; from < stopCount; from += 1) {
    for (let to = from + 1; to < stopCount; to += 1) full.push(price(from, to));
  }
  return { full };
}

/**
 * Fares from prices counted from the first stop, whose price is 0: a ride costs the difference, at least `minimumFen`. To
 * and from a stop without a price (null) nothing is sold. Prices that fall along the line are refused.
 */
export function fromCumulative(
  prices: readonly (Fen | null)[],
  minimumFen: Fen,
): Outcome<PairFares, { readonly code: 'fare.cumulative-falls'; readonly stop: number }> {
  let highest = 0;
  for (const [stop, price] of prices.entries()) {
    if (price !== null && price < highest) return refuse({ code: 'fare.cumulative-falls', stop });
    highest = price ?? highest;
  }
  return done(
    fromPairs(prices.length, (from, to) => {
      const [start, end] = [prices[from] ?? null, prices[to] ?? null];
      return start === null || end === null ? null : fen(Math.max(minimumFen, end - start));
    }),
  );
}

/** Fares from whole kilometres counted from the first stop, at `fenPerKm`, and at least `minimumFen`. Kilometres must not fall. */
export function fromKilometres(km: readonly number[], fenPerKm: Fen, minimumFen: Fen): PairFares {
  return fromPairs(km.length, (from, to) => fen(Math.max(minimumFen, fenPerKm * (km[to]! - km[from]!))));
}

/** Adds guided fares and the ceiling that follows from the allowed float, in basis points; cut down to the fen, for it is a limit. */
export function withGuided(fares: PairFares, guided: PerPair, floatBasisPoints: number): PairFares {
  invariant(guided.length === fares.full.length, 'there is one guided fare per pair', { pairs: fares.full.length });
  const ceiling = guided.map((each) => {
    if (each === null) return null;
    const tenThousandths = each * (10_000 + floatBasisPoints);
    return fen((tenThousandths - (tenThousandths % 10_000)) / 10_000);
  });
  return { ...fares, guided, ceiling };
}

/**
 * Reads a fare table that came from outside: a list of the right length per seat type, whole fen in it, and nothing above
 * its ceiling.
 */
export function fareTable(
  value: unknown,
  stopCount: number,
): Outcome<FareTable, FareRefusal | { readonly code: 'fare.table-broken' }> {
  if (!hasFields(value) || value['stopCount'] !== stopCount || !hasFields(value['seatTypes'])) {
    return refuse({ code: 'fare.table-broken' });
  }
  const sound = Object.entries(value['seatTypes']).every(
    ([seatType, fares]) => SEAT_TYPES.includes(seatType as SeatType) && isPairFares(fares, pairCount(stopCount)),
  );
  if (!sound) return refuse({ code: 'fare.table-broken' });
  const table = { stopCount, seatTypes: value['seatTypes'] } as FareTable;
  const tooHigh = firstAboveCeiling(table);
  return tooHigh ? refuse(tooHigh) : done(table);
}

const SEAT_TYPES: readonly SeatType[] = ['seat', 'sleeper', 'extra'];

/** 100,000 yuan. No coach fare is near it; a larger one is a shifted column. */
const FARE_MAX = 10_000_000;

function firstAboveCeiling({ stopCount, seatTypes }: FareTable): FareRefusal | null {
  for (const { full, ceiling } of Object.values(seatTypes)) {
    for (let from = 0; ceiling && from < stopCount; from += 1) {
      for (let to = from + 1; to < stopCount; to += 1) {
        const index = pairIndex(from, to, stopCount);
        const [fullFen, ceilingFen] = [full[index] ?? null, ceiling[index] ?? null];
        if (fullFen !== null && ceilingFen !== null && fullFen > ceilingFen) {
          return { code: 'fare.above-ceiling', from, to, fullFen, ceilingFen };
        }
      }
    }
  }
  return null;
}

function isPairFares(value: unknown, pairs: number): value is PairFares {
  if (!hasFields(value)) return false;
  const { full, guided, ceiling } = value;
  return isPerPair(full, pairs) && [guided, ceiling].every((list) => list === undefined || isPerPair(list, pairs));
}

function isPerPair(value: unknown, pairs: number): value is PerPair {
  return Array.isArray(value) && value.length === pairs && value.every(isAmount);
}

function isAmount(value: unknown): boolean {
  return value === null || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= FARE_MAX);
}

function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
