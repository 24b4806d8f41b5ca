import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { RequestAnswer } from '@lianpiao/shared/protocol/requests';
import { and, eq, gte, lt } from 'drizzle-orm';
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

type Kept = { readonly verb: string; readonly answer: unknown };

function keptAnswer(hub: Hub, station: string, key: string, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const { answers, intents } = tx.t;
    const mine = and(eq(answers.caller, station), eq(answers.key, key));
    const [seen] = await tx.db.select().from(answers).where(mine);
    if (seen) {
      const kept: Kept = { verb: seen.verb, answer: JSON.parse(seen.answer) };
      return done({ kept: seen.verb === 'burnt' ? undefined : kept });
    }
    const waiting = await findWaiting(tx, { station, id: key });
    if (waiting?.state === 'waiting') return refuse({ code: 'request.pending', key });
    const { first, beyond } = forwardedKeys(station, key);
    const passedOn = and(gte(intents.key, first), lt(intents.key, beyond));
    const asked = await tx.db.select().from(intents).where(passedOn);
    if (asked.some(({ state }) => state === 'opened' || state === 'asked'))
      return refuse({ code: 'link.no-answer', key });
    const yes = asked.find(({ state }) => state === 'yes');
    if (yes) return done({ kept: { verb: yes.method, answer: JSON.parse(yes.answer ?? 'null') } satisfies Kept });
    await tx.db.insert(answers).values({ caller: station, key, verb: 'burnt', bodyHash: '', answer: 'null', at: now });
    return done({ kept: undefined });
  });
}

/** The answer as the request gives it. Verbs keep the facts of a yes; what goes with them is made anew. */
async function asAnswered(hub: Hub, key: string, { verb, answer }: Kept, now: EpochMs): Promise<unknown> {
  if (verb === 'refund') {
    const ended = answer as EndedTicket;
    return { ...ended, payout: (await wasGiven(hub, ended.ticketNo, key)) ? 'paid' : 'pending' };
  }
  return verb === 'collect' ? { papers: await papersOf(hub, answer as HandedOut, now) } : answer;
}
