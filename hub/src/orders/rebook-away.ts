import { fen } from '@lianpiao/shared/domain/money';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { isSameTraveller, mayRebook, rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import { answerForGood } from '@lianpiao/shared/store/burn-key';
import type { Call } from '@lianpiao/shared/store/call';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { tellCommit } from '../gates/tell-commit.ts';
import { HUB, type Hub } from '../hub.ts';
import { writeNewTicket } from '../inventory/write-new-ticket.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { insertDue } from './due-rows.ts';
import { freeHubSeat } from './free-hub-seat.ts';
import { ticketAtHub } from './ticket-at-hub.ts';

type Yes = RequestAnswer<'ticket.rebook'>;

/**
 * 改签 of a hub ticket onto a seat of a station, which coordinates: ends the old ticket and writes the new one, whose home is
 * that station. The yes is the commit point and is kept; a no is final. The old seat stays claimed until its gate has
 * acknowledged, as after a refund, by a due of nothing.
 */
export async function rebookAway(hub: Hub, call: Call, wish: RequestBody<'ticket.rebook'>, now: EpochMs) {
  const ended = await answerOnce(hub.store, call, 'rebook-away', now, (tx: HubTx) => endFor(hub, tx, call, wish, now));
  return ended.ok ? ended : answerForGood<Yes, HubTables>(hub.store, call, ended.refusal, now);
}

async function endFor(hub: Hub, tx: HubTx, call: Call, wish: RequestBody<'ticket.rebook'>, now: EpochMs) {
  const { ticketNo, newTicket, newTrip, differenceFen, notAfter, exchangeId } = wish;
  const found = await ticketAtHub(tx, ticketNo);
  if (!found.ok) return found;
  const { ticket: old, trip } = found.value;
  if (newTicket.home !== call.caller.id || !isSameTraveller(old, newTicket))
    return refuse({ code: 'exchange.other-traveller', ticketNo });
  const who = old.person ? hub.persons.open(old.person) : null;
  const bizDate = serviceDateOf(now, trip.zone);
  const sealed = who ? hub.persons.seal(who, bizDate) : undefined;
  const yes: Yes = { person: sealed ? Buffer.from(sealed.sealed).toString('base64') : null };
  // A hub that was restored has lost its answer, and has the exchange back from the station that it told.
  const isMade = old.state === 'rebooked' && (await findTicket(tx, newTicket.ticketNo))?.rebookedFrom === ticketNo;
  if (isMade) return done(yes);
  if (now > notAfter) return refuse({ code: 'exchange.too-late', notAfter });
  const { rebook } = await rulesAt(tx, now);
  const state = old.state as TicketState;
  const from = {
    ...trip,
    departsAt: departsAt(trip, old.fromStop),
    state: trip.state as TripState,
    lostSeat: await isOver(tx, old),
  };
  const ticket = { ticketNo, state, timesRebooked: old.rebookedFrom === null ? 0 : 1 };
  const no = mayRebook({ ticket, from, to: newTrip }, rebook, now);
  if (no) return refuse(no);
  if (differenceFen !== rebookDifference(fen(old.fareFen), fen(newTicket.fareFen), rebook))
    return refuse({ code: 'exchange.other-difference', ticketNo, differenceFen });

  if (!(await moveTicket(tx, ticketNo, ['sold', 'collected'], 'rebooked', { endedAt: now })))
    return refuse({ code: 'ticket.ended', ticketNo, state });
  const moved = { ticketNo, tripId: old.tripId, at: now, bizDate, by: call.caller.id };
  const gate = await freeHubSeat(tx, { ticket: old, trip, freed: { ...moved, state: 'rebooked' } }, now);
  const due = {
    ticketNo,
    orderId: old.orderId,
    quoteId: exchangeId,
    payer: hub.provider.name,
    amountFen: 0,
    feeFen: 0,
  };
  await insertDue(tx, { ...due, ...gate, createdAt: now });

  const indexed = who && sealed ? { sealed: sealed.sealed, key: hub.persons.find(who.idType, who.idNo) } : null;
  await writeNewTicket(tx, newTicket, { indexed, sealed }, ticketNo, now);
  const committed = { ...moved, newTicket, differenceFen, exchangeId };
  await hub.money.ticketRebooked(tx, committed, { from: HUB, now });
  await tellCommit(tx, committed, sealed, now);
  await audit(tx, call.caller, 'ticket.rebooked', ticketNo, now, newTicket.ticketNo);
  return done(yes);
}
