import { done } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { wasAsked } from '@lianpiao/shared/link/intents';
import type { Refunded } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call, Caller } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { Agent } from '../agent.ts';
import type { AgentDesk } from '../agent-desk.ts';
import { linkKey } from './link-key.ts';
import { payOut } from './pay-out.ts';
import { quoteRefund } from './quote-refund.ts';
import { takeDue } from './refund-dues.ts';
import { refundTicket } from './refund-ticket.ts';

/** A quote from the ticket's home: this station's own rules and rows, or its home's through the hub. */
export async function quoteAnywhere({ agent, link, clock }: AgentDesk, caller: Caller, ticketNo: string) {
  const ticket = await findTicket(agent.store.read, ticketNo);
  if (ticket?.home === agent.station.code)
    return quoteRefund(agent, { ticketNo, channel: caller.channel, overrule: null }, clock.now());
  return link.request('ticket.quote', { ticketNo });
}

/**
 * 退票 at any station: the ticket's home ends it and names this station as payer, then the money leaves this drawer. The
 * home answers the same key the same way, and the payout is written once a key, so a crash between the two is repeated
 * safely.
 */
export async function refundAnywhere(
  { agent, link, clock }: AgentDesk,
  call: Call,
  wish: { readonly ticketNo: string; readonly quoteId: string },
) {
  const ticket = await findTicket(agent.store.read, wish.ticketNo);
  const payer = agent.station.code;
  if (ticket?.home === payer && !(await wasAsked(agent.store.read, linkKey(call))))
    return refundTicket(agent, call, { ...wish, payer }, clock.now());

  const ended = await link.request('ticket.refund', { ...wish, payer }, linkKey(call));
  if (!ended.ok) return ended;
  if (ended.value.payout === 'paid') return payOutElsewhere(agent, call, ended.value, clock.now());
  // The home has come here while the wish was under way, and this station owes the money.
  if ((await findTicket(agent.store.read, wish.ticketNo))?.home !== payer) return ended;
  const payout = await takeDue(agent, call, wish.ticketNo, clock.now());
  return payout.ok ? done({ ...ended.value, payout: payout.value }) : payout;
}

function payOutElsewhere(agent: Agent, call: Call, refunded: Refunded, now: EpochMs) {
  return answerOnce(agent.store, call, 'refund', now, async (tx) => {
    const { ticketNo, refundFen } = refunded;
    const payout = { ticketNo, orderId: ticketNo, amountFen: refundFen, bizDate: serviceDateOf(now, 'Asia/Shanghai') };
    const paid = await payOut(agent, tx, call, payout, now);
    if (!paid.ok) return paid;
    await audit(tx, call.caller, 'refund.paid-out', ticketNo, now, String(refundFen));
    return done(refunded);
  });
}
