import { compare, type Difference } from './difference.ts';
import type { TransferRow, TripRecords } from './trip-records.ts';

/** Each grant that was said or applied is counted once, as it was said; and nothing is counted that nobody said. */
export function transferDifferences(
  { transfers, facts }: TripRecords,
  mustBeTold: (transfer: TransferRow) => boolean,
): Difference[] {
  const found: Difference[] = [];
  const rows = new Map(transfers.map((row) => [row.transferId, row]));
  for (const { type, fact, said, peer } of facts) {
    if (type !== 'seat.granted') continue;
    const row = rows.get(fact.transferId);
    rows.delete(fact.transferId);
    const wanted = `${said ? 'given' : 'received'} ${peer} ${fact.tripId} ${fact.epoch} ${fact.seat} ${fact.legs}`;
    const kept = row ? `${row.direction} ${row.peer} ${row.tripId} ${row.epoch} ${row.seat} ${row.legs}` : null;
    found.push(...compare('transfers.row', fact.transferId, wanted, kept));
  }
  for (const row of rows.values())
    if (mustBeTold(row))
      found.push({
        what: 'transfers.untold',
        where: row.transferId,
        expected: null,
        found: `${row.direction} ${row.seat}`,
      });
  return found;
}
