import type { Clock } from '@lianpiao/shared/clock';
import { sm2Encrypt, sm2PublicKey } from '@lianpiao/shared/crypto/sm2';
import { done } from '@lianpiao/shared/domain/outcome';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { and, desc, eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import type { StationMacKeys } from './station-mac-keys.ts';

/** A MAC key is used so long; then the station gets the next one when it asks. 30 days. */
const MAC_KEY_MS = 30 * 86_400_000;

/** A station asks whether its MAC key is to be replaced. Encrypted to its ticket key, as at its enrolment. */
export function macKeyRequests(
  store: HubStore,
  macKeys: Pick<StationMacKeys, 'next'>,
  station: string,
  clock: Clock,
): Pick<RequestHandlers, 'keys.mac'> {
  return {
    'keys.mac': async ({ have }) => {
      const next = macKeys.next(station);
      if (!next || next.key.keyNo !== have + 1 || clock.now() - next.since < MAC_KEY_MS) return done({ key: null });
      const { ticketKeys } = store.read.t;
      const [ticketKey] = await store.read.db
        .select()
        .from(ticketKeys)
        .where(and(eq(ticketKeys.owner, station), eq(ticketKeys.revoked, 0)))
        .orderBy(desc(ticketKeys.keyNo))
        .limit(1);
      const publicKey = ticketKey && sm2PublicKey(ticketKey.publicKey);
      if (!publicKey?.ok) return done({ key: null });
      const sealed = Buffer.from(sm2Encrypt(next.key.secret, publicKey.value)).toString('base64url');
      return done({ key: { keyNo: next.key.keyNo, sealed } });
    },
  };
}
