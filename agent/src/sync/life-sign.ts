import type { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { invariant } from '@lianpiao/shared/domain/invariant';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { NO_TERMS, PUBLIC_KEY } from '@lianpiao/shared/link/framing';
import { encodeFrame } from '@lianpiao/shared/protocol/frame';
import { liveTopic } from '@lianpiao/shared/protocol/topics';

export type Life = { readonly station: string; readonly boot: string; readonly keys: MacKeys };

/** The frame that says whether this life of the station is on; retained, and its will. */
export function lifeSign({ station, boot, keys }: Life, on: boolean, now: EpochMs): Uint8Array {
  const message = { k: 'live', on, boot, at: now };
  const frame = encodeFrame(keys.signing(now) ?? PUBLIC_KEY, liveTopic(station), message, NO_TERMS.minor);
  invariant(frame.ok, 'a life sign goes into a frame', { station });
  return frame.value;
}
