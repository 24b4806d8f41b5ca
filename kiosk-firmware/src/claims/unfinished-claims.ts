import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { pickupInput } from '@lianpiao/shared/protocol/ticketing';
import { and, desc, eq, inArray, isNotNull, lt, notInArray } from 'drizzle-orm';
import type { KioskDesk } from '../kiosk-desk.ts';
import { OPEN_STATES } from '../printing/job-store.ts';
import type { ClaimWish } from './open-claim.ts';

export type UnfinishedClaim = {
  readonly claimId: string;
  readonly reference: string;
  readonly askedAt: EpochMs;
  /** What was asked and has no answer yet; null when it has one and its papers are not all printed. */
  readonly wish: ClaimWish | null;
};

/** What a crash has cut off, the newest first. A wish that cannot be opened any more counts as one without tickets. */
export async function unfinishedClaims(desk: KioskDesk): Promise<UnfinishedClaim[]> {
  const { db, t } = desk.store.read;
  const open = db
    .select({ claimId: t.printJobs.claimId })
    .from(t.printJobs)
    .where(inArray(t.printJobs.state, [...OPEN_STATES]));
  const [asked, granted] = [
    await db.select().from(t.claims).where(eq(t.claims.state, 'asked')).orderBy(desc(t.claims.askedAt)),
    await db
      .select()
      .from(t.claims)
      .where(and(eq(t.claims.state, 'granted'), inArray(t.claims.claimId, open)))
      .orderBy(desc(t.claims.askedAt)),
  ];
  return [
    ...asked.map(({ claimId, reference, askedAt, wish }) => ({
      claimId,
      reference,
      askedAt,
      wish: opened(desk, wish),
    })),
    ...granted.map(({ claimId, reference, askedAt }) => ({ claimId, reference, askedAt, wish: null })),
  ].sort((a, b) => b.askedAt - a.askedAt);
}

function opened(desk: KioskDesk, wish: Uint8Array | null): ClaimWish {
  const parsed = pickupInput.safeParse(wish && desk.sealer.open(wish));
  return parsed.success ? parsed.data : { proof: { pickupCode: '00000000' }, ticketNos: [] };
}

/** The raw journal stays at the station for 31 days. */
const JOURNAL_MS = 31 * 86_400_000;

/** Forgets claims and papers that are settled and older than the journal has to be. */
export function forgetOldClaims(desk: KioskDesk): Promise<unknown> {
  const before = desk.clock.now() - JOURNAL_MS;
  return desk.store.transaction(async (tx) => {
    const { claims, printJobs } = tx.t;
    await tx.db
      .delete(printJobs)
      .where(and(lt(printJobs.changedAt, before), notInArray(printJobs.state, [...OPEN_STATES])));
    await tx.db
      .delete(claims)
      .where(and(lt(claims.changedAt, before), isNotNull(claims.state), notInArray(claims.state, ['asked'])));
  });
}
