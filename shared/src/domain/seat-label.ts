import { invariant } from './invariant.ts';

/** More than any coach or flow trip has places. */
const PLACES_MAX = 999;

/** Labels of a plain coach: `01` … `45`. */
export function seatPlan(count: number): string[] {
  invariant(Number.isInteger(count) && count >= 1 && count <= PLACES_MAX, 'a coach has seats', { count });
  const width = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, index) => String(index + 1).padStart(width, '0'));
}

/**
 * Order of labels where the source gives no plan: by number, then by what stands behind it (`1`, `1X`, `2A`, `12A`); labels
 * with a letter in front (`C1`) come last. A total order, the same on every machine and in every language.
 */
export function compareSeatLabels(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    compare(left.before, right.before) ||
    compare(left.number, right.number) ||
    compare(left.behind, right.behind) ||
    compare(a, b)
  );
}

function partsOf(label: string) {
  const [, before = '', digits = '', behind = ''] = /^(\D*)(\d*)(.*)$/s.exec(label) ?? [];
  return { before, number: Number(digits), behind };
}

function compare<Value extends string | number>(a: Value, b: Value): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
