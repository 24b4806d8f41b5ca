import { hmacSm3 } from './sm3.ts';

/**
 * Key under which a person is found again by identity document, 64 hexadecimal digits (station-link: look-up by ID number).
 *
 * Keyed with a provincial secret that only the hub holds: ID numbers are few enough that a plain hash can be undone by
 * trying them all. Letter case and blanks of the number do not matter; the type does, because numbers of different
 * documents may coincide.
 */
export function personKey(hmacKey: Uint8Array, idType: string, idNo: string): string {
  const number = idNo.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  return hmacSm3(hmacKey, idType, '\0', number).toString('hex');
}
