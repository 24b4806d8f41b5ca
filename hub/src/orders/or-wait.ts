import { refuse } from '@lianpiao/shared/domain/outcome';
import type { RequestAnswer } from '@lianpiao/shared/protocol/requests';
import type { Hub } from '../hub.ts';
import { askHome, type HomeAnswer, type HomeRequest, type HomeWish } from './ask-home.ts';
import { findWaiting, recordWaiting, type Waiting } from './waiting-rows.ts';

/**
 * True where no party calls the ticket its own: the old home has given it, and the new one has not heard. It arrives by itself,
 * for homes are facts on streams.
 */
export function isUnderWay(answer: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): boolean {
  return !answer.ok && answer.refusal?.code === 'ticket.other-home';
}

/**
 * Asks the home of the ticket. While its home is under way the wish is recorded, once, with its time, and the station hears
 * `request.pending`; `serveWaiting` goes on with it. The same key finds what became of it.
 */
export async function orWait<Kind extends HomeRequest>(
  hub: Hub,
  wish: HomeWish<Kind>,
): Promise<{ ok: true; value: RequestAnswer<Kind> } | { ok: false; refusal: { readonly code: string } }> {
  const known = await findWaiting(hub.store.read, wish);
  const answer = known ? await whatBecame(hub, wish, known) : await askOrRecord(hub, wish);
  return answer as Awaited<ReturnType<typeof orWait<Kind>>>;
}

async function askOrRecord(hub: Hub, wish: HomeWish): Promise<HomeAnswer> {
  const answer = await askHome(hub, wish);
  if (!isUnderWay(answer)) return answer;
  const recorded = await recordWaiting(hub.store, wish, hub.clock.now());
  return recorded ? pending(wish.id) : refuse({ code: 'link.wish-expired', key: wish.id });
}

async function whatBecame(
  hub: Hub,
  wish: HomeWish,
  { kind, body, state, refusal, since }: Waiting,
): Promise<HomeAnswer> {
  if (kind !== wish.kind || body !== JSON.stringify(wish.body))
    return refuse({ code: 'call.key-reused', key: wish.id });
  if (state === 'waiting') return pending(wish.id);
  if (refusal !== null) return refuse(JSON.parse(refusal) as { readonly code: string });
  return askHome(hub, { ...wish, askedAt: since });
}

function pending(key: string) {
  return refuse({ code: 'request.pending', key });
}
