import { residentId } from '@lianpiao/shared/domain/resident-id';
import type { PickupProof } from '@lianpiao/shared/protocol/ticketing';
import { scanForm } from '@lianpiao/shared/ui/scan-catcher';
import type { Desk } from '../../desk.ts';
import { newKey } from '../../new-key.ts';
import { changePickup } from './change-pickup.ts';

/** What a typed or scanned text proves: a document or a pickup code; a refusal where it is neither. */
export function proofOf(
  text: string,
): { readonly proof: PickupProof } | { readonly refusal: { readonly code: string } } {
  const form = scanForm(text);
  if (form === 'pickup') return { proof: { pickupCode: text } };
  if (form !== 'document') return { refusal: { code: 'pickup.code-form' } };
  const read = residentId(text.toUpperCase());
  return read.ok ? { proof: { idType: 'resident', idNo: read.value.idNo } } : { refusal: read.refusal };
}

/** Finds what waits for a document or code; all of it is chosen until the clerk says otherwise. */
export async function askPickup(desk: Desk, proof: PickupProof): Promise<void> {
  const { key } = desk.state().pickup;
  changePickup(desk, { busy: true, found: null, done: null, proof });
  const answer = await desk.api.findPickup(proof, newKey());
  if (desk.state().pickup.proof !== proof || desk.state().pickup.key !== key) return;
  if (!answer.ok) {
    changePickup(desk, { busy: false });
    return desk.fail(answer.problem);
  }
  changePickup(desk, {
    busy: false,
    found: answer.value,
    chosen: answer.value.map((ticket) => ticket.ticketNo),
    cursor: 0,
  });
}
