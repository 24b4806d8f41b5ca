import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const insert = statement((db, t: AgentTables) =>
  db.insert(t.cashMoves).values({
    shiftId: value('shiftId'),
    what: value('what'),
    subject: value('subject'),
    amountFen: value('amountFen'),
    at: value('now'),
  }),
);

/** Cash that enters (+) or leaves (−) the drawer of a shift, with what it was for. The drawer's sum is what must be counted at its end. */
export async function moveCash(
  tx: AgentTx,
  shiftId: string,
  what: 'sale' | 'void' | 'payout' | 'difference',
  subject: string,
  amountFen: number,
  now: EpochMs,
): Promise<void> {
  await insert(tx, { shiftId, what, subject, amountFen, now });
}
