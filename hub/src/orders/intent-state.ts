import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import { answerUnder, burnKey, type KeptAnswer } from '@lianpiao/shared/store/burn-key';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, gte, lt } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import type { HubReader } from '../store/hub-store.ts';
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
export async function intentState(
  hub: Hub,
  station: string,
  { key, ticketNos }: RequestBody<'intent.state'>,
  now: EpochMs,
) {
  const homes = await forgottenHomes(hub.store.read, station, ticketNos);
  let found = await keptAnswer(hub, station, key, { burn: homes.length === 0 }, now);
  if (found.ok && found.value.kept === 'unknown') {
    const elsewhere = await askHomes(hub, homes, (home) => forwardedKeys(station, key).at(home));
    if (!elsewhere.ok || elsewhere.value.state === 'yes') return elsewhere;
    found = await keptAnswer(hub, station, key, { burn: true }, now);
  }
  if (!found.ok) return found;
  const { kept } = found.value;
  if (kept === undefined || kept === 'unknown') return done<State>({ state: 'never-seen' });
  return done<State>({ state: 'yes', answer: (await asAnswered(hub, key, kept, now)) as Json });
}

/**
 * Stations to which a restored hub may have passed the request on in the part that is lost: whoever was, or is, the home of its
 * tickets; all, where a station does not name them. None for a hub that was never restored.
 */
async function forgottenHomes(
  read: HubReader,
  station: string,
  ticketNos: readonly string[] | undefined,
): Promise<string[]> {
  if ((await hubIncarnation(read)) === 1) return [];
  const { stations } = read.t;
  const enrolled = await read.db.select({ code: stations.code }).from(stations).where(eq(stations.state, 'enrolled'));
  const others = enrolled.map(({ code }) => code).filter((code) => code !== station);
  if (!ticketNos) return others;
  const homes = new Set(ticketNos.map(issuerOf));
  for (const ticketNo of ticketNos) homes.add((await findTicket(read, ticketNo))?.home ?? '');
  return others.filter((code) => homes.has(code));
}

/** What became of it at these homes, whose keys are burnt where it never came. `link.no-answer` where one of them cannot say. */
async function askHomes(hub: Hub, homes: readonly string[], keyAt: (home: string) => string) {
  const told = await Promise.all(homes.map((home) => hub.ask(home, 'intent.state', { key: keyAt(home) })));
  for (const each of told) if (each.ok && each.value.state === 'yes') return done<State>(each.value);
  const silent = homes.filter((_home, index) => !told[index]!.ok);
  return silent.length > 0 ? refuse({ code: 'link.no-answer', silent }) : done<State>({ state: 'never-seen' });
}

type Kept = { readonly kept: KeptAnswer | 'unknown' | undefined };

function keptAnswer(hub: Hub, station: string, key: string, { burn }: { readonly burn: boolean }, now: EpochMs) {
  return hub.store.transaction(async (tx): Promise<Outcome<Kept, { readonly code: string; readonly key: string }>> => {
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
    return done({ kept: burn ? await burnKey(tx, mine, now) : 'unknown' });
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
