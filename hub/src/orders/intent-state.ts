import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { RequestAnswer } from '@lianpiao/shared/protocol/requests';
import { answerUnder, burnKey, type KeptAnswer } from '@lianpiao/shared/store/burn-key';
import { and, gte, lt } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { type HandedOut, papersOf } from './collect-tickets.ts';
import { forwardedKeys } from './forward-request.ts';
import { type EndedTicket, wasGiven } from './refund-ticket.ts';
import { findWaiting } from './waiting-rows.ts';

type State = RequestAnswer<'intent.state'>;
type Json = Extract<State, { state: 'yes' }>['answer'];

/**
 * What became of a station's mutating request. A key that was never seen is burnt in the same transaction: a late original
 * is refused. `link.no-answer` while another station, to which it was passed on, has not answered; `request.pending` while it waits for a home.
 */
export async function intentState(hub: Hub, station: string, key: string, now: EpochMs) {
  const found = await keptAnswer(hub, station, key, now);
  if (!found.ok) return found;
  const { kept } = found.value;
  if (kept === undefined) return done<State>({ state: 'never-seen' });
  return done<State>({ state: 'yes', answer: (await asAnswered(hub, key, kept, now)) as Json });
}

function keptAnswer(hub: Hub, station: string, key: string, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const mine = { caller: station, key };
    const seen = await answerUnder(tx, mine);
    if (seen) return done({ kept: seen === 'burnt' ? undefined : seen });
    const waiting = await findWaiting(tx, { station, id: key });
    if (waiting?.state === 'waiting') return refuse({ code: 'request.pending', key });
    const { intents } = tx.t;
    const { first, beyond } = forwardedKeys(station, key);
    const passedOn = and(gte(intents.key, first), lt(intents.key, beyond));
    const asked = await tx.db.select().from(intents).where(passedOn);
    if (asked.some(({ state }) => state === 'opened' || state === 'asked'))
      return refuse({ code: 'link.no-answer', key });
    const yes = asked.find(({ state }) => state === 'yes');
    if (yes) return done({ kept: { verb: yes.method, answer: JSON.parse(yes.answer ?? 'null') } satisfies KeptAnswer });
    return done({ kept: await burnKey(tx, mine, now) });
  });
}

/** The answer as the request gives it. Verbs keep the facts of a yes; what goes with them is made anew. */
async function asAnswered(hub: Hub, key: string, { verb, answer }: KeptAnswer, now: EpochMs): Promise<unknown> {
  if (verb === 'refund') {
    const ended = answer as EndedTicket;
    return { ...ended, payout: (await wasGiven(hub, ended.ticketNo, key)) ? 'paid' : 'pending' };
  }
  return verb === 'collect' ? { papers: await papersOf(hub, answer as HandedOut, now) } : answer;
}
