import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { Call } from '@lianpiao/shared/store/call';

/** The id under which a caller's wish travels as a request: the same call is the same wish, and it fits a message. */
export function linkKey({ caller, key }: Call): string {
  return sm3Hex(`${caller.id}/${key}`).slice(0, 40);
}
