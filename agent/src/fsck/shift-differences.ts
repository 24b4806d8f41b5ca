import { compare, type Differences } from '@lianpiao/shared/fsck/difference';
import type { Reader } from '@lianpiao/shared/store/store';
import { asc, gt, sql } from 'drizzle-orm';
import type { AgentTables } from '../store/tables.ts';

/** Shifts read at once. */
const PAGE = 200;

/** What a closed shift says was to be in its drawer, against what went in and out of it. */
export async function* shiftDifferences({ db, t }: Reader<AgentTables>): Differences {
  const { shifts, cashMoves } = t;
  const moved = sql<number>`(SELECT coalesce(sum(${cashMoves.amountFen}), 0) FROM ${cashMoves} WHERE ${cashMoves.shiftId} = ${shifts.shiftId})`;
  for (let after = ''; ; ) {
    const page = await db
      .select({
        shiftId: shifts.shiftId,
        state: shifts.state,
        expectedFen: shifts.expectedFen,
        moved: moved.as('moved'),
      })
      .from(shifts)
      .where(gt(shifts.shiftId, after))
      .orderBy(asc(shifts.shiftId))
      .limit(PAGE);
    for (const { shiftId, state, expectedFen, moved: movedFen } of page)
      if (state === 'closed') yield* compare('shifts.expected_fen', shiftId, movedFen, expectedFen);
    if (page.length < PAGE) return;
    after = page.at(-1)!.shiftId;
  }
}
