import { and, eq } from 'drizzle-orm';
import type { KioskDesk } from '../kiosk-desk.ts';
import { addReport } from '../reports/add-report.ts';
import type { OpenClaim } from './open-claim.ts';

/** The agent said no: nothing was handed out, and the passenger's proof is forgotten. */
export async function endRefusedClaim(desk: KioskDesk, claimId: string): Promise<void> {
  await endClaim(desk, claimId, 'refused', []);
}

/**
 * Gives a claim up that got no answer: its passenger was sent to a counter. Whether the agent has handed out is not known
 * here, so it is told about each ticket; the key is never asked again.
 */
export async function abandonClaim(desk: KioskDesk, { claimId, reference, wish }: OpenClaim): Promise<void> {
  const reports = wish.ticketNos.map((ticketNo) => ({ ticketNo, reference }));
  await endClaim(desk, claimId, 'abandoned', reports);
}

function endClaim(
  desk: KioskDesk,
  claimId: string,
  state: 'refused' | 'abandoned',
  untold: readonly { readonly ticketNo: string; readonly reference: string }[],
): Promise<void> {
  const now = desk.clock.now();
  return desk.store.transaction(async (tx) => {
    const { claims } = tx.t;
    const ended = await tx.db
      .update(claims)
      .set({ state, wish: null, changedAt: now })
      .where(and(eq(claims.claimId, claimId), eq(claims.state, 'asked')))
      .returning({ claimId: claims.claimId });
    if (ended.length === 0) return;
    for (const { ticketNo, reference } of untold) {
      await addReport(tx, desk.newId(), {
        ticketNo,
        printSeq: null,
        outcome: 'withdrawn',
        trouble: 'agent.offline',
        reference,
        at: now,
      });
    }
  });
}
