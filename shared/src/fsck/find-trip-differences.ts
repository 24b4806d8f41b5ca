import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import type { Difference, Differences } from './difference.ts';
import { planDifferences } from './plan-differences.ts';
import { type SeatBasis, seatDifferences } from './seat-differences.ts';
import type { MapRow } from './seat-plans.ts';
import { type TicketBasis, ticketDifferences } from './ticket-differences.ts';
import { transferDifferences } from './transfer-differences.ts';
import { tripDifferences } from './trip-differences.ts';
import { forgetIndex, indexFacts, tripsOf } from './trip-facts.ts';
import { recordsOf, type TransferRow, type TripRecords } from './trip-records.ts';

/** What is particular to a party: where its seats come from, which tickets are its own, and what else a trip's rows must agree with. */
export type TripBasis = SeatBasis &
  TicketBasis & {
    readonly transferMustBeTold: (transfer: TransferRow) => boolean;
    readonly planMustBeTold: (map: MapRow) => boolean;
    readonly more: readonly Difference[];
  };

/** Everything that is kept per trip, one trip after another: as much memory as the largest trip needs. */
export async function* findTripDifferences(
  on: Reader<SharedTables>,
  basisOf: (records: TripRecords) => Promise<TripBasis>,
): Differences {
  await indexFacts(on);
  for await (const tripId of tripsOf(on)) {
    const records = await recordsOf(on, tripId);
    if (!records) continue;
    const basis = await basisOf(records);
    yield* tripDifferences(records);
    yield* planDifferences(records, basis.planMustBeTold);
    yield* transferDifferences(records, basis.transferMustBeTold);
    yield* seatDifferences(records, basis);
    yield* ticketDifferences(records, basis);
    yield* basis.more;
  }
  await forgetIndex(on);
}
