import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { settleIntent, type Written } from '@lianpiao/shared/link/intents';
import { REQUESTS, type RequestAnswer, type RequestBody, type RequestKind } from '@lianpiao/shared/protocol/requests';
import { answerUnder } from '@lianpiao/shared/store/burn-key';
import { eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { mayHaveAsked } from '../restore/begin-restore.ts';

/**
 * A station's request under the hub's own intents: unique in the province, and short enough for the id of a message. All
 * that one request became at different homes begins alike, so that `intent.state` finds it.
 */
export function forwardedKeys(
  station: string,
  id: string,
): { readonly first: string; readonly beyond: string; at(home: string): string } {
  const mine = sm3Hex(`${station}/${id}`).slice(0, 40);
  // `0` is the character after `/`.
  return { first: `${mine}/`, beyond: `${mine}0`, at: (home) => `${mine}/${home}` };
}

export type Forward<Kind extends RequestKind> = {
  readonly station: string;
  readonly id: string;
  readonly home: string;
  readonly kind: Kind;
  readonly body: RequestBody<Kind>;
  /** A request that waited and is gone on with: one that is under way, or was said yes to, is asked as it stands. */
  readonly resumed?: boolean;
};

/**
 * Passes a station's request on to the station that is the ticket's home. Where that is its home no longer and says who is,
 * the request goes there: a home may have been given away since the hub last heard. The same request finds the same answer after a
 * time-out or a crash; one that was burnt by `intent.state` is refused.
 */
export async function forwardRequest<Kind extends RequestKind>(
  hub: Pick<Hub, 'store' | 'ask' | 'clock'>,
  forward: Forward<Kind>,
): Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>> {
  const answer = await forwardTo(hub, forward);
  const home = answer.ok ? undefined : newHome(answer.refusal);
  return home === undefined || home === forward.home ? answer : forwardTo(hub, { ...forward, home });
}

/** The station that a former home names as the ticket's home now. */
function newHome(refusal: { readonly code: string; readonly home?: unknown }): string | undefined {
  const { code, home } = refusal;
  return code === 'ticket.other-home' && typeof home === 'string' && /^\d{9}$/.test(home) ? home : undefined;
}

async function forwardTo<Kind extends RequestKind>(
  hub: Pick<Hub, 'store' | 'ask' | 'clock'>,
  forward: Forward<Kind>,
): Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>> {
  const { station, id, home, kind, body } = forward;
  if (!REQUESTS[kind].mutates) return hub.ask(home, kind, body);
  const key = forwardedKeys(station, id).at(home);
  const open = await openForward(hub, forward, key, hub.clock.now());
  if (open.go === 'answer') return open.answer as Outcome<RequestAnswer<Kind>, { readonly code: string }>;
  const answer = await hub.ask(home, kind, open.body, key);
  if (answer.ok || answer.refusal.code !== 'link.offline') return answer;
  // Not sent now, but earlier, or perhaps in what a restore has lost: what became of that is still unknown.
  if (open.askedBefore || (await mayHaveAsked(hub.store.read, hub.clock.now())))
    return refuse({ code: 'link.no-answer', kind });
  // Nothing was sent: the same request may be asked again, and is not waited for.
  await settleIntent(hub.store, key, 'no');
  return answer;
}

/** `body` is what is asked: of a resumed request that is under way, what was asked before. */
type Opened<Kind extends RequestKind> =
  | Extract<Written, { readonly go: 'answer' }>
  | (Extract<Written, { readonly go: 'ask' }> & { readonly body: RequestBody<Kind> });

/**
 * Writes the intent that the link will find, unless the request was burnt: both in one transaction, so that one of them wins.
 * What a home has answered stands, whether or not it can be asked now.
 */
function openForward<Kind extends RequestKind>(
  hub: Pick<Hub, 'store'>,
  forward: Forward<Kind>,
  key: string,
  now: EpochMs,
): Promise<Opened<Kind>> {
  return hub.store.transaction(async (tx): Promise<Opened<Kind>> => {
    const { intents } = tx.t;
    const { station, id, home, kind, body, resumed = false } = forward;
    if ((await answerUnder(tx, { caller: station, key: id })) === 'burnt')
      return { go: 'answer', answer: refuse({ code: 'link.wish-expired', key: id }) };
    const intent = { key, peer: home, method: kind, body: JSON.stringify(body), state: 'opened', at: now };
    const [known] = await tx.db.select().from(intents).where(eq(intents.key, key));
    if (known?.state === 'yes' && known.method === kind && (resumed || known.body === intent.body))
      return { go: 'answer', answer: done(JSON.parse(known.answer ?? 'null') as unknown) };
    await tx.db
      .insert(intents)
      .values(intent)
      .onConflictDoUpdate({
        target: intents.key,
        set: { state: 'opened', body: intent.body, at: now },
        setWhere: eq(intents.state, 'no'),
      });
    // What is under way stays what it was.
    const inForce = resumed && known && known.state !== 'no' ? (JSON.parse(known.body) as RequestBody<Kind>) : body;
    return { go: 'ask', askedBefore: known?.state === 'asked', body: inForce };
  });
}
