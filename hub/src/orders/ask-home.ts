import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import type { RefundQuote, TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { answerForGood, answerUnder } from '@lianpiao/shared/store/burn-key';
import type { Call } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { HUB, type Hub } from '../hub.ts';
import { isRestoring } from '../restore/restore-waits.ts';
import type { HubTables } from '../store/tables.ts';
import { collectTickets } from './collect-tickets.ts';
import { forwardRequest } from './forward-request.ts';
import { quoteRefund } from './quote-refund.ts';
import { rebookAway } from './rebook-away.ts';
import { refundTicket } from './refund-ticket.ts';

/** What only the home of a ticket does, and a station may ask for. */
export type HomeRequest = 'ticket.refund' | 'ticket.rebook' | 'ticket.collect';

/** `id` is the idempotency key of the station's request. `askedAt`: it had to wait since then, and is gone on with. */
export type HomeWish<Kind extends HomeRequest = HomeRequest> = {
  readonly station: string;
  readonly id: string;
  readonly kind: Kind;
  readonly body: RequestBody<Kind>;
  readonly askedAt?: EpochMs | undefined;
};

export type HomeAnswer = Outcome<RequestAnswer<HomeRequest>, { readonly code: string }>;

/** Puts a wish before the home of its tickets, which may be the hub itself. The same wish finds the same answer. */
export function askHome(hub: Hub, wish: HomeWish): Promise<HomeAnswer> {
  if (wish.kind === 'ticket.refund') return refundAtHome(hub, wish as HomeWish<'ticket.refund'>);
  if (wish.kind === 'ticket.rebook') return rebookAtHome(hub, wish as HomeWish<'ticket.rebook'>);
  return collectAtHomes(hub, wish as HomeWish<'ticket.collect'>);
}

type QuoteWish = Pick<HomeWish, 'station' | 'id' | 'askedAt'> & RequestBody<'ticket.quote'>;

export async function quoteAtHome(
  hub: Hub,
  { station, id, ticketNo, overrule, askedAt }: QuoteWish,
): Promise<Outcome<RefundQuote, { readonly code: string }>> {
  const home = await homeOf(hub, ticketNo);
  if (!home) return refuse({ code: 'ticket.unknown', ticketNo });
  if (home === HUB)
    return quoteRefund(hub, { ticketNo, channel: 'counter', overrule: overrule ?? null, askedAt }, hub.clock.now());
  return forwardRequest(hub, { station, id, home, kind: 'ticket.quote', body: { ticketNo, overrule, askedAt } });
}

/** A quote is known at the home that gave it. A refund that waited gets one of the new home, for the time when it was asked for. */
async function refundAtHome(hub: Hub, wish: HomeWish<'ticket.refund'>): Promise<HomeAnswer> {
  const { station, id, body, askedAt } = wish;
  const { ticketNo, overrule } = body;
  const home = await homeOf(hub, ticketNo);
  if (!home) return refuse({ code: 'ticket.unknown', ticketNo });
  const call = callOf(wish);
  const confirm = (confirmed: typeof body) =>
    home === HUB
      ? refundTicket(hub, call, confirmed, hub.clock.now())
      : forwardRequest(hub, { ...wish, home, body: confirmed, resumed: askedAt !== undefined });
  const first = await confirm(body);
  if (first.ok || askedAt === undefined || first.refusal.code !== 'refund.unknown-quote') return first;
  const quote = await quoteAtHome(hub, { station, id: `${id}/quote`, ticketNo, overrule, askedAt });
  return quote.ok ? confirm({ ...body, quoteId: quote.value.quoteId }) : quote;
}

async function rebookAtHome(hub: Hub, wish: HomeWish<'ticket.rebook'>): Promise<HomeAnswer> {
  const { station, body, askedAt } = wish;
  const noForGood = (refusal: { readonly code: string }) =>
    answerForGood<RequestAnswer<'ticket.rebook'>, HubTables>(hub.store, callOf(wish), refusal, hub.clock.now());
  // The station was told that this was never seen, or no: whether or not it heard that, it may let the new seat go.
  if ((await answerUnder(hub.store.read, { caller: station, key: wish.id })) === 'burnt')
    return noForGood({ code: 'link.wish-expired' });
  const home = await homeOf(hub, body.ticketNo);
  // Its own yes may still come back: until then there is no no for good.
  if ((home === HUB || !home) && (await isRestoring(hub.store.read)))
    return refuse({ code: 'hub.restoring', tripId: body.newTicket.tripId });
  if (!home) return noForGood({ code: 'ticket.unknown' });
  if (body.newTicket.home !== station) return noForGood({ code: 'exchange.other-traveller' });
  if (home === HUB) return rebookAway(hub, callOf(wish), body, hub.clock.now());
  const answer = await forwardRequest(hub, { ...wish, home, resumed: askedAt !== undefined });
  // Never sent: then it never will be, and the new seat need not wait for the home.
  if (answer.ok || askedAt !== undefined || answer.refusal.code !== 'link.offline') return answer;
  return noForGood(answer.refusal);
}

/**
 * Papers from every home that is asked. Each home hands out all of its own or none; what some of them gave is not withheld
 * because another refused or is off line: the passenger gets that paper, and asks again for the rest.
 */
async function collectAtHomes(hub: Hub, wish: HomeWish<'ticket.collect'>): Promise<HomeAnswer> {
  const { body, askedAt } = wish;
  const byHome = new Map<string, string[]>();
  for (const ticketNo of body.ticketNos) {
    const home = await homeOf(hub, ticketNo);
    if (!home) return refuse({ code: 'ticket.unknown', ticketNo });
    byHome.set(home, [...(byHome.get(home) ?? []), ticketNo]);
  }
  const papers: TicketPaper[] = [];
  let no: { readonly code: string } | undefined;
  for (const [home, ticketNos] of byHome) {
    const asked = { ...wish, home, body: { ...body, ticketNos }, resumed: askedAt !== undefined };
    const handed =
      home === HUB
        ? await collectTickets(hub, callOf(wish), asked.body, hub.clock.now())
        : papersOf(await forwardRequest(hub, asked));
    if (handed.ok) papers.push(...handed.value);
    else no ??= handed.refusal;
  }
  return papers.length > 0 || !no ? done({ papers }) : refuse(no);
}

function papersOf(handed: Outcome<{ papers: TicketPaper[] }, { readonly code: string }>) {
  return handed.ok ? done(handed.value.papers) : handed;
}

function callOf({ station, id, body }: HomeWish): Call {
  const terminal = 'terminal' in body ? body.terminal : '000';
  return {
    caller: { id: station, channel: 'counter', terminal, clerk: null, shiftId: null },
    key: id,
    bodyHash: sm3Hex(JSON.stringify(body)),
  };
}

async function homeOf({ store }: Pick<Hub, 'store'>, ticketNo: string): Promise<string | undefined> {
  return (await findTicket(store.read, ticketNo))?.home;
}
