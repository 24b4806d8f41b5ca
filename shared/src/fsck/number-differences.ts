import { parseTicketNo } from '../domain/ticket-number.ts';
import type { Difference } from './difference.ts';

/** Serials `first` … `first + count − 1` of a terminal, of which the first `used` have been given out. */
export type LeasedRange = {
  readonly holder: string;
  readonly terminal: string;
  readonly first: number;
  readonly count: number;
  readonly used: number;
};

/** Leases that overlap, and leases of which more is used than there is. */
export function rangeDifferences(ranges: readonly LeasedRange[]): Difference[] {
  const found: Difference[] = [];
  const sorted = [...ranges].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.first - b.first));
  let before: LeasedRange | undefined;
  for (const range of sorted) {
    const where = `${keyOf(range)} ${range.first}`;
    const free = before && keyOf(before) === keyOf(range) ? before.first + before.count : 0;
    if (range.first < free) found.push({ what: 'numbers.leased-twice', where, expected: free, found: range.first });
    if (range.used < 0 || range.used > range.count)
      found.push({ what: 'numbers.used', where, expected: range.count, found: range.used });
    before = range;
  }
  return found;
}

/** A number that was minted outside every lease, or behind what its lease says is used: it will be given out again. */
export function numberDifferences(
  ticketNo: string,
  rangesOf: (channel: string, terminal: string) => readonly LeasedRange[],
): Difference[] {
  const parsed = parseTicketNo(ticketNo);
  if (!parsed.ok) return [{ what: 'numbers.form', where: ticketNo, expected: '20 digits', found: ticketNo }];
  const { channel, terminal, serial } = parsed.value;
  const range = rangesOf(channel, terminal).find(({ first, count }) => first <= serial && serial < first + count);
  if (!range) return [{ what: 'numbers.not-leased', where: ticketNo, expected: 'a lease', found: null }];
  const given = range.first + range.used;
  return serial < given ? [] : [{ what: 'numbers.not-used', where: ticketNo, expected: serial + 1, found: given }];
}

function keyOf({ holder, terminal }: LeasedRange): string {
  return `${holder} ${terminal}`;
}
