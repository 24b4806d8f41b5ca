import type { TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { and, eq } from 'drizzle-orm';
import type { Paper } from '../flow/session.ts';
import type { KioskDesk } from '../kiosk-desk.ts';
import { papersOf } from '../printing/papers-of.ts';

/**
 * Takes the papers that the agent handed out: each becomes a print job, sealed, and the passenger's proof is forgotten.
 * The same answer again adds nothing.
 */
export async function keepPapers(
  desk: KioskDesk,
  claim: { readonly claimId: string; readonly reference: string },
  papers: readonly TicketPaper[],
): Promise<Paper[]> {
  const { claimId, reference } = claim;
  const now = desk.clock.now();
  await desk.store.transaction(async (tx) => {
    const { claims, printJobs } = tx.t;
    const granted = await tx.db
      .update(claims)
      .set({ state: 'granted', wish: null, changedAt: now })
      .where(and(eq(claims.claimId, claimId), eq(claims.state, 'asked')))
      .returning({ claimId: claims.claimId });
    if (granted.length === 0) return;
    for (const paper of papers) {
      const { ticketNo, printSeq, seat, toName, departs } = paper;
      await tx.db.insert(printJobs).values({
        claimId,
        reference,
        ticketNo,
        printSeq,
        seat,
        toName,
        departs,
        state: 'queued',
        attempts: 0,
        paper: desk.sealer.seal(paper),
        madeAt: now,
        changedAt: now,
      });
    }
  });
  return papersOf(desk.store, claimId);
}
