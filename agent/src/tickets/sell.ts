import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { maySell, type SalePassenger } from '@lianpiao/shared/domain/sale-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { arrivesAt, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import type { SaleInput, Sold } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { sellPlaces } from '@lianpiao/shared/store/seats/child-places';
import { sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import { emit } from '@lianpiao/shared/store/streams';
import { insertOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { otherRides } from '@lianpiao/shared/store/tickets/other-rides';
import { pricePassengers } from '@lianpiao/shared/store/tickets/price-passengers';
import { insertTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { faceView } from '@lianpiao/shared/store/tickets/ticket-view';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { mintNumbers } from './mint-numbers.ts';

/**
 * 售票: turns the caller's own live hold into tickets, order, cash, print jobs, audit and events, in one transaction; nothing in it waits
 * for the link, the printer or the legacy system. The tickets' home is this station.
 */
export function sell(agent: Agent, call: Call, input: SaleInput, now: EpochMs) {
  return answerOnce(agent.store, call, 'sell', now, (tx) => sellNow(agent, tx, call, input, now));
}

async function sellNow(agent: Agent, tx: AgentTx, call: Call, input: SaleInput, now: EpochMs) {
  const { caller } = call;
  const stopped = await whyNotSell(agent, tx);
  if (stopped) return stopped;
  if (input.payMethod === 'cash' && caller.shiftId === null) return refuse({ code: 'shift.none', caller: caller.id });
  const hold = await sellHold(tx, input.holdId, now);
  if (!hold.ok) return hold;
  const { tripId, from, to, seats, legs } = hold.value;
  if (hold.value.caller !== caller.id) return refuse({ code: 'hold.unknown', holdId: input.holdId });
  const trip = (await findTrip(tx, tripId))!;
  const rules = await rulesAt(tx, now);
  const priced = await pricePassengers(tx, { trip, from, to, seats, passengers: input.passengers, rules });
  if (!priced.ok) return priced;
  await sellPlaces(tx, priced.value, tripId, legs);
  const riders = priced.value.map((rider) => ({ ...rider, key: agent.persons.find(rider.who.idType, rider.who.idNo) }));

  const no = maySell(
    {
      channel: caller.channel,
      trip: { ...trip, state: trip.state as TripState },
      departsAt: departsAt(trip, from),
      arrivesAt: arrivesAt(trip, to),
      hasLeft: await hasLeft(tx, trip, from),
      passengers: riders.map(({ fareType, key }): SalePassenger => ({ fareType, documentKey: key })),
      bySupervisor: false,
      lateSale: false,
      otherRides: await otherRides(
        tx,
        riders.map(({ key }) => key),
      ),
    },
    rules.sale,
    now,
  );
  if (no) return refuse(no);

  const totalFen = riders.reduce((sum, { fareFen }) => sum + fareFen + input.insuranceFenEach, 0);
  const receivedFen = input.receivedFen ?? totalFen;
  if (receivedFen < totalFen) return refuse({ code: 'sale.too-little-money', totalFen, receivedFen });
  const numbers = await mintNumbers(agent, tx, caller.terminal, caller.channel, riders.length);
  if (!numbers.ok) return numbers;

  const orderId = agent.newId();
  const bizDate = serviceDateOf(now, trip.zone);
  const seller = agent.station.code;
  const order = {
    orderId,
    channel: caller.channel,
    seller,
    terminal: caller.terminal,
    caller: caller.id,
    clerk: caller.clerk,
    shiftId: caller.shiftId,
  };
  await insertOrder(tx, {
    ...order,
    state: 'ticketed',
    totalFen,
    paidFen: totalFen,
    createdAt: now,
    bizDate,
    rules: rules.version,
  });

  const answer: Sold = {
    orderId,
    tickets: [],
    totalFen,
    receivedFen,
    changeFen: receivedFen - totalFen,
    printJobs: [],
  };
  for (const [index, { seat, fareType, fareFen, who, key }] of riders.entries()) {
    const ticket: TicketBody = {
      ticketNo: numbers.value[index]!,
      orderId,
      tripId,
      epoch: trip.epoch,
      seat,
      legs,
      from,
      to,
      fareType,
      fareFen,
      insuranceFen: input.insuranceFenEach,
      payMethod: input.payMethod,
      channel: caller.channel,
      seller,
      terminal: caller.terminal,
      clerk: caller.clerk,
      shiftId: caller.shiftId,
      rules: rules.version,
      soldAt: now,
      bizDate,
      home: agent.station.code,
      printSeq: input.print ? 1 : 0,
    };
    const person = agent.persons.seal(who, bizDate);
    await insertTicket(tx, ticket, { sealed: person.sealed, key });
    await emit(tx, { peer: HUB, type: 'ticket.sold', agg: tripId, fact: ticket, person }, now);
    answer.tickets.push(faceView(ticket, 'sold', trip, who));
    if (!input.print) continue;
    const jobId = agent.newId();
    await queuePrint(
      tx,
      { jobId, ticketNo: ticket.ticketNo, printSeq: 1, what: 'ticket', terminal: caller.terminal },
      now,
    );
    answer.printJobs.push(jobId);
  }
  if (input.payMethod === 'cash') await moveCash(tx, caller.shiftId!, 'sale', orderId, totalFen, now);
  await audit(tx, caller, 'ticket.sold', orderId, now, String(totalFen));
  return done(answer);
}
