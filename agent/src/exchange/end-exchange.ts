import { invariant } from '@lianpiao/shared/domain/invariant';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import type { Caller } from '@lianpiao/shared/store/call';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { seatedNow, ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import { emit } from '@lianpiao/shared/store/streams';
import { insertTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { queuePrint } from '../printing/queue-print.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { freeTicketSeat } from '../tickets/free-ticket-seat.ts';
import { type Exchange, type ExchangeState, findExchange } from './exchange-rows.ts';
import { moveDifference } from './move-difference.ts';

/** Who ends it: the clerk with the passenger in front, who hands money over at once, or the loop, which only notes what is due. */
export type EndedBy = Caller | null;

/**
 * The home has ended the old ticket: the pinned seat is sold, the new ticket good, its paper ordered. Where the coach has left
 * meanwhile, or a new seat plan had no seat for the pin, the passenger gets everything back, without a fee. `person` is who travels, sealed. Once; later calls change nothing.
 */
export function finishExchange(agent: Agent, exchangeId: string, person: string | null, by: EndedBy, now: EpochMs) {
  return agent.store.transaction(async (tx) => {
    const exchange = (await findExchange(tx, exchangeId))!;
    if (exchange.state !== 'pinned') return exchange;
    const pinned = JSON.parse(exchange.newTicket) as TicketBody;
    const sold = await sellHold(tx, exchange.holdId, now);
    invariant(sold.ok || (await isOver(tx, pinned)), 'a pin ends with its exchange or its plan', { exchangeId });
    const ticket = sold.ok ? await seatedNow(tx, pinned) : pinned;
    await writeTicket(agent, tx, exchange, ticket, person, now);
    const back = Math.max(0, -exchange.differenceFen);
    const trip = (await findTrip(tx, ticket.tripId))!;
    if (!sold.ok || (await hasLeft(tx, trip, ticket.from))) {
      const row = await refundUnridden(agent, tx, ticket, now);
      if (sold.ok) await freeTicketSeat(agent, tx, row, trip);
      return endAs(
        agent,
        tx,
        exchange,
        { state: 'too-late', backFen: back + ticket.fareFen + ticket.insuranceFen },
        by,
        now,
      );
    }
    const { ticketNo, printSeq, terminal } = ticket;
    await queuePrint(tx, { jobId: agent.newId(), ticketNo, printSeq, what: 'ticket', terminal }, now);
    return endAs(agent, tx, exchange, { state: 'done', backFen: back }, by, now);
  });
}

/** The home has said no, for good: the seat is free and a difference that was paid goes back. Once. */
export function undoExchange(agent: Agent, exchangeId: string, reason: string, by: EndedBy, now: EpochMs) {
  return agent.store.transaction(async (tx) => {
    const exchange = (await findExchange(tx, exchangeId))!;
    if (exchange.state !== 'pinned') return exchange;
    await releaseHold(tx, exchange.holdId, 'released');
    const backFen = Math.max(0, exchange.differenceFen);
    return endAs(agent, tx, { ...exchange, reason }, { state: 'refused', backFen }, by, now);
  });
}

/** The new ticket is good: its row, and the fact in its home's own stream. `person` is who travels, sealed, in base64. */
export async function writeTicket(
  agent: Pick<Agent, 'persons'>,
  tx: AgentTx,
  { exchangeId, oldTicketNo }: Pick<Exchange, 'exchangeId' | 'oldTicketNo'>,
  newTicket: TicketBody,
  person: string | null,
  now: EpochMs,
): Promise<void> {
  const who = person === null ? null : agent.persons.open(Buffer.from(person, 'base64'));
  const sealed = who ? agent.persons.seal(who, newTicket.bizDate) : undefined;
  const kept = who && sealed ? { sealed: sealed.sealed, key: agent.persons.find(who.idType, who.idNo) } : null;
  // A new plan may have moved the pinned seat meanwhile.
  await insertTicket(tx, await ticketOnArrival(tx, newTicket, now), kept, oldTicketNo);
  const fact = { exchangeId, oldTicketNo, newTicket, at: now };
  const said = { peer: HUB, type: 'ticket.exchanged', agg: newTicket.tripId, fact } as const;
  await emit(tx, sealed ? { ...said, person: sealed } : said, now);
}

async function refundUnridden(agent: Agent, tx: AgentTx, ticket: TicketBody, now: EpochMs): Promise<TicketRow> {
  const row = await moveTicket(tx, ticket.ticketNo, ['sold'], 'refunded', { endedAt: now });
  await tellUnridden(agent, tx, ticket, now);
  return row!;
}

/** The passenger of an exchange cannot have the new ride: everything comes back, without a fee. */
export async function tellUnridden(
  agent: Pick<Agent, 'station'>,
  tx: AgentTx,
  { ticketNo, tripId, fareFen, insuranceFen, rules }: TicketBody,
  now: EpochMs,
): Promise<void> {
  const payer = agent.station.code;
  const moved = { ticketNo, tripId, at: now, bizDate: serviceDateOf(now, 'Asia/Shanghai'), by: payer };
  const fact = { ...moved, refundFen: fareFen + insuranceFen, feeFen: 0, payer, reason: 'exchange.too-late', rules };
  await emit(tx, { peer: HUB, type: 'ticket.refunded', agg: tripId, fact }, now);
}

async function endAs(
  agent: Agent,
  tx: AgentTx,
  exchange: Exchange,
  { state, backFen }: { readonly state: ExchangeState; readonly backFen: number },
  by: EndedBy,
  now: EpochMs,
): Promise<Exchange> {
  const shiftId = by?.shiftId ?? null;
  if (backFen > 0 && shiftId !== null) await moveDifference(agent, tx, exchange, { amountFen: -backFen, shiftId }, now);
  const ended = { ...exchange, state, dueFen: shiftId === null ? backFen : 0, endedAt: now };
  const { exchanges } = tx.t;
  await tx.db.update(exchanges).set(ended).where(eq(exchanges.exchangeId, exchange.exchangeId));
  return ended;
}
