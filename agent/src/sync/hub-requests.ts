import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { RequestAnswer, RequestBody, RequestKind } from '@lianpiao/shared/protocol/requests';
import type { TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { burnKey } from '@lianpiao/shared/store/burn-key';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB } from '../agent.ts';
import type { AgentDesk } from '../agent-desk.ts';
import { rebookAway } from '../exchange/rebook-away.ts';
import { giveSeats } from '../seats/give-seats.ts';
import { collectTickets } from '../tickets/collect-tickets.ts';
import { viewOf } from '../tickets/query-tickets.ts';
import { quoteRefund } from '../tickets/quote-refund.ts';
import { wasGiven } from '../tickets/refund-dues.ts';
import { refundTicket } from '../tickets/refund-ticket.ts';

/** The hub, or another station through it, asking this station. It has no drawer and no clerk here. */
const ASKING: Caller = { id: HUB, channel: 'counter', terminal: '000', clerk: null, shiftId: null };

type Json = Extract<RequestAnswer<'intent.state'>, { state: 'yes' }>['answer'];
type Answers = {
  readonly [Kind in RequestKind]?: (
    body: RequestBody<Kind>,
    id: string,
  ) => Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>>;
};

/** What this station answers when the hub asks. A mutating request's id is its idempotency key. */
export function hubRequests(desk: AgentDesk): Answers {
  const { agent, clock } = desk;
  const callOf = (id: string, body: unknown): Call => ({
    caller: ASKING,
    key: id,
    bodyHash: sm3Hex(JSON.stringify(body)),
  });
  return {
    'seat.request': (body, id) => giveSeats(agent, callOf(id, body), body, clock.now()),
    'ticket.view': async ({ ticketNo }) => {
      const row = await findTicket(agent.store.read, ticketNo);
      return row?.home === agent.station.code
        ? done(await viewOf(agent, row))
        : refuse({ code: 'ticket.unknown', ticketNo });
    },
    'ticket.quote': ({ ticketNo, overrule, askedAt }) =>
      quoteRefund(agent, { ticketNo, channel: 'counter', overrule: overrule ?? null, askedAt }, clock.now()),
    'ticket.refund': (body, id) => refundTicket(agent, callOf(id, body), body, clock.now()),
    'ticket.rebook': (body, id) => rebookAway(agent, callOf(id, body), body, clock.now()),
    'ticket.collect': async (body, id) => {
      const { proof, ticketNos } = body;
      const handed = await collectTickets(agent, callOf(id, body), { proof, ticketNos, toPrinter: false }, clock.now());
      return handed.ok ? done(await papersOf(desk, handed.value)) : handed;
    },
    'intent.state': ({ key }) => intentState(desk, key),
  };
}

type Prints = { readonly prints: readonly { readonly ticketNo: string; readonly printSeq: number }[] };

async function papersOf({ agent, clock, paper }: AgentDesk, { prints }: Prints): Promise<{ papers: TicketPaper[] }> {
  const papers = [];
  for (const { ticketNo, printSeq } of prints) {
    const row = (await findTicket(agent.store.read, ticketNo))!;
    const trip = (await findTrip(agent.store.read, row.tripId))!;
    papers.push(paper({ row, trip, who: row.person ? agent.persons.open(row.person) : null, printSeq }, clock.now()));
  }
  return { papers };
}

/**
 * What became of a request that this station may have executed, with the answer as the request itself gives it. A key that
 * was never seen is burnt: a late original is refused.
 */
async function intentState(desk: AgentDesk, key: string) {
  const { agent, clock } = desk;
  const kept = await agent.store.transaction(async (tx) => {
    const seen = await burnKey(tx, { caller: ASKING.id, key }, clock.now());
    if (seen?.verb !== 'refund') return seen;
    const ended = seen.answer as { readonly ticketNo: string; readonly payout: string };
    return (await wasGiven(tx, ended.ticketNo, key)) ? { ...seen, answer: { ...ended, payout: 'paid' } } : seen;
  });
  if (!kept) return done({ state: 'never-seen' as const });
  // Which prints were handed out is kept; their papers are made anew.
  const answer = kept.verb === 'collect' ? await papersOf(desk, kept.answer as Prints) : kept.answer;
  return done({ state: 'yes' as const, answer: answer as Json });
}
