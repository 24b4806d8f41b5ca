import { randomInt } from 'node:crypto';
import { invariant } from '@lianpiao/shared/domain/invariant';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import type { SoldHold } from '@lianpiao/shared/store/seats/sell-hold';
import { moveOrder, type OrderRow, orderOfCode } from '@lianpiao/shared/store/tickets/order-rows';
import { insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { boardingGate } from '../gates/boarding-gate.ts';
import { sayWhenKnown } from '../gates/say-when-known.ts';
import { HUB, type Hub } from '../hub.ts';
import { countGateless } from '../restore/gateless-sales.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { mintNumbers } from './mint-numbers.ts';
import { ridersOf } from './order-riders.ts';

const PICKUP_CODES = 10 ** 10;

/**
 * 出票 of a paid order, whose seats are `sold` now: tickets with the hub as home, a pickup code, and a fact to the boarding
 * station for each, passenger included, for manifest and gate. All in the transaction that took the payment.
 *
 * Where the seats are not those of the order's hold, each passenger gets the one in the same place.
 */
export async function issueTickets(hub: Hub, tx: HubTx, order: OrderRow, sold: SoldHold, now: EpochMs): Promise<void> {
  const { tripId, from, to, legs } = sold;
  const { orderId } = order;
  const trip = (await findTrip(tx, tripId))!;
  const riders = ridersOf(hub.persons, order);
  const seated = riders.filter(({ fareType }) => fareType !== 'freeChild');
  const seats = sold.seats.filter((seat) => !isPseudoSeat(seat));
  invariant(seated.length === seats.length, 'every paying passenger has a seat', { orderId });
  const kept = new Set(sold.seats);
  const left = sold.seats.filter((seat) => !seated.some((rider) => rider.seat === seat));
  const gate = await boardingGate(tx, trip, from);
  const channel = order.channel as TicketBody['channel'];
  const numbers = await mintNumbers(tx, channel, order.terminal, riders.length, now);
  const bizDate = serviceDateOf(now, trip.zone);

  for (const [index, { seat, fareType, fareFen, who }] of riders.entries()) {
    const ticket: TicketBody = {
      ticketNo: numbers[index]!,
      orderId,
      tripId,
      epoch: trip.epoch,
      seat: kept.has(seat) ? seat : takeLike(seat, left),
      legs,
      from,
      to,
      fareType,
      fareFen,
      insuranceFen: 0,
      payMethod: 'psp',
      channel,
      seller: order.seller,
      terminal: order.terminal,
      clerk: order.clerk,
      shiftId: order.shiftId,
      rules: order.rules,
      soldAt: now,
      bizDate,
      home: HUB,
      printSeq: 0,
    };
    const person = hub.persons.seal(who, bizDate);
    await insertTicket(tx, ticket, { sealed: person.sealed, key: hub.persons.find(who.idType, who.idNo) });
    if (gate) await sayWhenKnown(tx, { peer: gate, type: 'hub-ticket.sold', agg: tripId, fact: ticket, person }, now);
    else await countGateless(tx);
    await hub.money.ticketSold(tx, ticket, { from: HUB, now });
  }
  const pickupCode = await newPickupCode(tx);
  const paid = { paidFen: order.totalFen, pickupCode, contact: null };
  const issued = await moveOrder(tx, orderId, ['paid', 'paidLate'], 'ticketed', paid);
  invariant(issued, 'tickets are issued for a paid order', { orderId, state: order.state });
  touchTrip(tx, tripId);
}

/** The next of the seats that are left: a place for a child, a seat for anybody else. */
function takeLike(seat: string, left: string[]): string {
  const at = left.findIndex((each) => isPseudoSeat(each) === isPseudoSeat(seat));
  // A child of an order that an earlier version took has a label and no place of its own.
  return at < 0 ? seat : left.splice(at, 1)[0]!;
}

/** Ten digits that nobody can guess and no other order has. */
async function newPickupCode(tx: HubTx): Promise<string> {
  for (;;) {
    const code = String(randomInt(PICKUP_CODES)).padStart(10, '0');
    if ((await orderOfCode(tx, code)) === undefined) return code;
  }
}
