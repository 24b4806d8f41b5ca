import type { PickupProof } from '@lianpiao/shared/protocol/ticketing';
import type { KioskDesk } from '../kiosk-desk.ts';

/** What a passenger wants printed, with the proof that they are his. */
export type ClaimWish = { readonly proof: PickupProof; readonly ticketNos: readonly string[] };
export type OpenClaim = { readonly claimId: string; readonly reference: string; readonly wish: ClaimWish };

/**
 * Writes down what will be claimed before the agent is asked, with the key of the call: after a crash the same key is
 * asked again, so that nothing is handed out twice and nothing is lost.
 */
export async function openClaim(desk: KioskDesk, wish: ClaimWish): Promise<OpenClaim> {
  const claimId = desk.newId();
  const reference = `K${desk.terminal}-${shortCode(claimId)}`;
  const now = desk.clock.now();
  const row = { claimId, state: 'asked', reference, wish: desk.sealer.seal(wish), askedAt: now, changedAt: now };
  await desk.store.transaction(async (tx) => tx.db.insert(tx.t.claims).values(row));
  return { claimId, reference, wish };
}

/** Four digits that a passenger reads to a clerk. They lead to the claim together with kiosk and day; alone they prove nothing. */
function shortCode(claimId: string): string {
  const digits = Number.parseInt(claimId.replaceAll(/[^0-9a-f]/g, '').slice(0, 8), 16);
  return String(digits % 10_000).padStart(4, '0');
}
