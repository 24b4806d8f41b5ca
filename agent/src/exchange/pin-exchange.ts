import { cutOffEndsAt } from '@lianpiao/shared/domain/cut-off-rules';
import type { FareType } from '@lianpiao/shared/domain/fare-type';
import { fen } from '@lianpiao/shared/domain/money';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketView } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { linkKey } from '../tickets/link-key.ts';
import { newRide, type RebookWish, takeRide } from '../tickets/new-ride.ts';
import { moveDifference } from './move-difference.ts';

/** A pin has no clock: it ends when the old ticket's home has answered. */
const PINNED_UNTIL = Number.MAX_SAFE_INTEGER;

/**
 * The first step of an exchange: claims and pins the new seat, writes out the new ticket, and takes the difference where the
 * passenger pays one. From here on the exchange is a row that a loop drives to its end, whatever becomes of this process.
 * `old` is the ticket as its home shows it.
 */
export function pinExchange(agent: Agent, call: Call, wish: RebookWish, old: TicketView, now: EpochMs) {
  return answerOnce(agent.store, call, 'exchange', now, async (tx) => {
    const { caller } = call;
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    if (caller.shiftId === null) return refuse({ code: 'shift.none', caller: caller.id });
    const ride = await newRide(tx, caller, wish, old.fareType as FareType, now);
    if (!ride.ok) return ride;
    const { departsAt, fareFen, rules } = ride.value;
    const notAfter = cutOffEndsAt(departsAt, rules);
    if (now > notAfter) return refuse({ code: 'exchange.too-late', notAfter });

    const exchangeId = linkKey(call);
    const taking = { caller, holder: `exchange/${exchangeId}`, expiresAt: PINNED_UNTIL };
    const taken = await takeRide(agent, tx, taking, { wish, ride: ride.value, carried: old }, now);
    if (!taken.ok) return taken;
    const { holdId, ticket } = taken.value;
    const differenceFen = rebookDifference(fen(old.fareFen), fareFen, rules.rebook);
    const exchange = {
      exchangeId,
      oldTicketNo: wish.ticketNo,
      holdId,
      newTicket: JSON.stringify(ticket),
      differenceFen,
      notAfter,
      state: 'pinned',
      reason: null,
      dueFen: 0,
      beganAt: now,
      endedAt: null,
    };
    await tx.db.insert(tx.t.exchanges).values(exchange);
    if (differenceFen > 0)
      await moveDifference(agent, tx, exchange, { amountFen: differenceFen, shiftId: caller.shiftId }, now);
    await audit(tx, caller, 'exchange.pinned', wish.ticketNo, now, ticket.ticketNo);
    return done({ exchangeId });
  });
}
