/**
 * Something that is kept and something that it follows from say different things. `what` is `table.rule`, `where` names
 * the row, as an operator would look for it; never a name or a document number.
 */
export type Difference = {
  readonly what: string;
  readonly where: string;
  readonly expected: string | number | null;
  readonly found: string | number | null;
};

/** What a check finds, as it finds it: a broken database has more differences than memory. */
export type Differences = AsyncGenerator<Difference, void, void>;

/** The difference, if it is one. */
export function compare(
  what: string,
  where: string,
  expected: Difference['expected'],
  found: Difference['found'],
): Difference[] {
  return expected === found ? [] : [{ what, where, expected, found }];
}

/** One line for a person. */
export function lineOf({ what, where, expected, found }: Difference): string {
  return `${what} ${where}: expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'}`;
}
