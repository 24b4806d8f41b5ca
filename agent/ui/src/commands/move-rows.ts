/** Keys that walk through rows; every list of the counter takes the same ones. */
export const ROW_KEYS = ['Up', 'Down', 'PgUp', 'PgDn', 'Home', 'End'] as const;

/** Rows that a page key passes: what fits at the design size, less one that stays in sight. */
const PAGE = 9;

/** Where a row key leads from `cursor` in a list of `length` rows. */
export function movedRow(pressed: string, cursor: number, length: number): number {
  const steps: Readonly<Record<string, number>> = {
    Up: -1,
    Down: 1,
    PgUp: -PAGE,
    PgDn: PAGE,
    Home: -length,
    End: length,
  };
  return Math.max(0, Math.min(cursor + (steps[pressed] ?? 0), length - 1));
}
