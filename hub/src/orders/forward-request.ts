import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { Outcome } from '@lianpiao/shared/domain/outcome';
import { refuse } from '@lianpiao/shared/domain/outcome';
import type { RequestAnswer, RequestBody, RequestKind } from '@lianpiao/shared/protocol/requests';
import { and, eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';

/** A station's request under the hub's own intents: unique in the province, and short enough for the id of a message. */
export function forwardedKey(station: string, id: string, home: string): string {
  return sm3Hex(`${station}/${id}/${home}`).slice(0, 40);
}

export type Forward<Kind extends RequestKind> = {
  readonly station: string;
  readonly id: string;
  readonly home: string;
  readonly kind: Kind;
  readonly body: RequestBody<Kind>;
};

/**
 * Passes a station's request on to the station that is the ticket's home. The link writes an intent first, so the same
 * request finds the same answer after a time-out or a crash. One that was burnt by `intent.state` is refused here too.
 */
export async function forwardRequest<Kind extends RequestKind>(
  hub: Pick<Hub, 'store' | 'ask'>,
  { station, id, home, kind, body }: Forward<Kind>,
): Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>> {
  const { db, t } = hub.store.read;
  const same = and(eq(t.answers.caller, station), eq(t.answers.key, id), eq(t.answers.verb, 'burnt'));
  const [burnt] = await db.select({ key: t.answers.key }).from(t.answers).where(same);
  if (burnt) return refuse({ code: 'call.key-reused', key: id });
  return hub.ask(home, kind, body, forwardedKey(station, id, home));
}
