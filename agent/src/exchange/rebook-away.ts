import { fen } from '@lianpiao/shared/domain/money';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { isSameTraveller, mayRebook, rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import { answerForGood } from '@lianpiao/shared/store/burn-key';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { endRebooked, rebookable } from '../tickets/end-rebooked.ts';
import { ticketAtHome } from '../tickets/ticket-at-home.ts';

type Yes = RequestAnswer<'ticket.rebook'>;

/**
 * The home's part of an exchange: ends the old ticket in favour of one at another station. The yes is the commit point and
 * is kept; a no of the home is final: its key is burnt, so that a late copy of the question finds no other mood.
 */
export async function rebookAway(agent: Agent, call: Call, wish: RequestBody<'ticket.rebook'>, now: EpochMs) {
  const ended = await answerOnce(agent.store, call, 'rebook-away', now, (tx) => endFor(agent, tx, call, wish, now));
  // Another party decides, and may be asked under this key.
  if (ended.ok || ended.refusal.code === 'ticket.other-home') return ended;
  return answerForGood<Yes, AgentTables>(agent.store, call, ended.refusal, now);
}

async function endFor(agent: Agent, tx: AgentTx, call: Call, wish: RequestBody<'ticket.rebook'>, now: EpochMs) {
  const { ticketNo, newTicket, newTrip, differenceFen, notAfter, exchangeId } = wish;
  const found = await ticketAtHome(agent, tx, ticketNo);
  if (!found.ok) return found;
  const { ticket: old, trip } = found.value;
  if (old.state === 'rebooked' && (await saidYes(tx, exchangeId))) return done(yesFor(agent, old, newTicket.bizDate));
  if (now > notAfter) return refuse({ code: 'exchange.too-late', notAfter });
  if (!isSameTraveller(old, newTicket)) return refuse({ code: 'exchange.other-traveller', ticketNo });
  const { rebook } = await rulesAt(tx, now);
  const no = mayRebook({ ...(await rebookable(tx, old, trip)), to: newTrip }, rebook, now);
  if (no) return refuse(no);
  if (differenceFen !== rebookDifference(fen(old.fareFen), fen(newTicket.fareFen), rebook))
    return refuse({ code: 'exchange.other-difference', ticketNo, differenceFen });
  const by = newTicket.seller;
  const ended = await endRebooked(
    agent,
    tx,
    { old, oldTrip: trip, ticket: newTicket, differenceFen, by, exchangeId },
    now,
  );
  if (!ended.ok) return ended;
  await audit(tx, call.caller, 'ticket.rebooked', ticketNo, now, newTicket.ticketNo);
  return done(yesFor(agent, old, newTicket.bizDate));
}

/** A station that was restored has lost its answer, and has what it said of the exchange back from the hub. */
async function saidYes({ db, t: { outbox } }: AgentTx, exchangeId: string): Promise<boolean> {
  const ofExchange = sql`json_extract(${outbox.fact}, '$.exchangeId') = ${exchangeId}`;
  const said = and(eq(outbox.type, 'ticket.rebooked'), sql`json_valid(${outbox.fact})`, ofExchange);
  return (await db.select({ seq: outbox.seq }).from(outbox).where(said).limit(1)).length > 0;
}

function yesFor({ persons }: Agent, { person }: TicketRow, bizDate: string): Yes {
  const who = person ? persons.open(person) : null;
  return { person: who ? Buffer.from(persons.seal(who, bizDate).sealed).toString('base64') : null };
}
