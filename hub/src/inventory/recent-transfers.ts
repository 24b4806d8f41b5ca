import type { LegMask } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, gt, sql } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type Moved = {
  readonly tripId: string;
  readonly direction: 'given' | 'received';
  readonly peer: string;
  readonly legs: LegMask;
  readonly after: EpochMs;
};

const recent = statement((db, t: HubTables) =>
  db
    .select({ transferId: t.transfers.transferId })
    .from(t.transfers)
    .where(
      and(
        eq(t.transfers.tripId, value('tripId')),
        eq(t.transfers.direction, value('direction')),
        eq(t.transfers.peer, value('peer')),
        gt(t.transfers.at, value('after')),
        sql`${t.transfers.legs} & ${value('legs')} <> 0`,
      ),
    )
    .limit(1),
);

/** Whether seats of a ride went to a station, or came from it, after that instant. */
export async function movedLately(on: HubReader, moved: Moved): Promise<boolean> {
  return (await recent(on, moved)).length > 0;
}
