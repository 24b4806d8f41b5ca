import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { and, eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** Cash that went out, and shifts that were closed. */
export function drawerFacts({ station }: Pick<Agent, 'station'>): FactHandlers<AgentTables> {
  return {
    'payout.made': async (tx, { fact }) => {
      const { shiftId, ticketNo, amountFen, at } = fact;
      const { refundDues } = tx.t;
      await tx.db
        .update(refundDues)
        .set({ state: 'paid', settledAt: at })
        .where(and(eq(refundDues.ticketNo, ticketNo), eq(refundDues.payer, station.code)));
      if (shiftId !== null) await moveCash(tx, shiftId, 'payout', ticketNo, -amountFen, at);
    },
    'shift.closed': async (tx, { fact }) => {
      const { shiftId, clerk, openedAt, closedAt, expectedFen, countedFen } = fact;
      const { shifts } = tx.t;
      const closed = { state: 'closed', closedAt, expectedFen, countedFen };
      // The counter is not in the fact; a closed shift is looked up by its id and its clerk.
      const row = { shiftId, user: clerk, counter: '', openedAt, ...closed };
      await tx.db.insert(shifts).values(row).onConflictDoUpdate({ target: shifts.shiftId, set: closed });
    },
  };
}

type ShiftOfSale = {
  readonly shiftId: string;
  readonly clerk: string | null;
  readonly terminal: string;
  readonly soldAt: EpochMs;
};

/**
 * The shift in which a ticket was sold, where the backup does not have it. Whoever has signed in at the counter since has
 * another open one there: then it is a closed shift that nobody has counted.
 */
export async function reopenShift(tx: AgentTx, { shiftId, clerk, terminal, soldAt }: ShiftOfSale): Promise<void> {
  if (clerk === null) return;
  const { shifts } = tx.t;
  const [known] = await tx.db.select().from(shifts).where(eq(shifts.shiftId, shiftId));
  if (known) return;
  const row = { shiftId, user: clerk, counter: terminal, openedAt: soldAt };
  const [open] = await tx.db
    .insert(shifts)
    .values({ ...row, state: 'open' })
    .onConflictDoNothing()
    .returning({ shiftId: shifts.shiftId });
  if (!open) await tx.db.insert(shifts).values({ ...row, state: 'closed', closedAt: soldAt });
}
