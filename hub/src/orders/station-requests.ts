import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { PickupTries, STATION_TRIES } from '@lianpiao/shared/people/pickup-tries';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import type { TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { answerForGood } from '@lianpiao/shared/store/burn-key';
import type { Call } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { fetchForGate } from '../gates/fetch-for-gate.ts';
import { HUB, type Hub } from '../hub.ts';
import { recallSeats } from '../inventory/recall-seats.ts';
import { SeatRequests } from '../inventory/seat-requests.ts';
import type { MonthKeys } from '../stations/month-keys.ts';
import type { HubTables } from '../store/tables.ts';
import { collectTickets } from './collect-tickets.ts';
import { forwardRequest } from './forward-request.ts';
import { intentState } from './intent-state.ts';
import { orderByPickupCode, ticketByNo, ticketsOfPerson } from './query-orders.ts';
import { quoteRefund } from './quote-refund.ts';
import { rebookAway } from './rebook-away.ts';
import { refundTicket } from './refund-ticket.ts';

type Refusal = { readonly code: string };

/**
 * What a station may ask the hub. Tickets whose home is the hub are dealt with here, others by their home, to which the
 * request is passed on. A mutating request's id is its idempotency key. `tries` and `seats` are one for all stations.
 */
export function stationRequests(
  hub: Hub,
  monthKeys: Pick<MonthKeys, 'forStation'>,
  station: string,
  tries = new PickupTries(STATION_TRIES),
  seats: Pick<SeatRequests, 'fetch'> = new SeatRequests(hub),
): RequestHandlers {
  const { clock } = hub;
  const callOf = (id: string, body: unknown, terminal = '000'): Call => ({
    caller: { id: station, channel: 'counter', terminal, clerk: null, shiftId: null },
    key: id,
    bodyHash: sm3Hex(JSON.stringify(body)),
  });
  return {
    'seat.recall': async (body, id) => {
      await fetchForGate(hub, seats, station, body, clock.now());
      return recallSeats(hub, callOf(id, body), body, clock.now());
    },
    'person.find': async ({ idType, idNo }) => done(await ticketsOfPerson(hub, idType, idNo)),
    'order.find': (proof) => tries.look(station, proof, clock, () => orderByPickupCode(hub, proof.pickupCode)),
    'ticket.view': ({ ticketNo }) => ticketByNo(hub, ticketNo),
    'ticket.quote': async (body, id) => {
      const home = await homeOf(hub, body.ticketNo);
      if (!home) return refuse({ code: 'ticket.unknown', ticketNo: body.ticketNo });
      if (home !== HUB) return forwardRequest(hub, { station, id, home, kind: 'ticket.quote', body });
      const wish = { ticketNo: body.ticketNo, channel: 'counter' as const, overrule: body.overrule ?? null };
      return quoteRefund(hub, wish, clock.now());
    },
    'ticket.refund': async (body, id) => {
      if (body.payer !== station) return refuse({ code: 'refund.payer-is-another', payer: body.payer });
      const home = await homeOf(hub, body.ticketNo);
      if (!home) return refuse({ code: 'ticket.unknown', ticketNo: body.ticketNo });
      if (home !== HUB) return forwardRequest(hub, { station, id, home, kind: 'ticket.refund', body });
      return refundTicket(hub, callOf(id, body), body, clock.now());
    },
    'ticket.rebook': async (body, id) => {
      const call = callOf(id, body);
      const home = await homeOf(hub, body.ticketNo);
      const no = !home ? 'ticket.unknown' : body.newTicket.home === station ? null : 'exchange.other-traveller';
      if (no)
        return answerForGood<RequestAnswer<'ticket.rebook'>, HubTables>(hub.store, call, { code: no }, clock.now());
      if (home === HUB) return rebookAway(hub, call, body, clock.now());
      const answer = await forwardRequest(hub, { station, id, home: home!, kind: 'ticket.rebook', body });
      // Never sent: then it never will be, and the new seat need not wait for the home.
      if (answer.ok || answer.refusal.code !== 'link.offline') return answer;
      return answerForGood<RequestAnswer<'ticket.rebook'>, HubTables>(hub.store, call, answer.refusal, clock.now());
    },
    'ticket.collect': (body, id) =>
      tries.look(station, body.proof, clock, () =>
        collectAnywhere(hub, station, body, callOf(id, body, body.terminal)),
      ),
    'intent.state': ({ key }) => intentState(hub, station, key, clock.now()),
    'keys.person': async () => done(await monthKeys.forStation(clock.now())),
  };
}

async function homeOf({ store }: Pick<Hub, 'store'>, ticketNo: string): Promise<string | undefined> {
  return (await findTicket(store.read, ticketNo))?.home;
}

/**
 * Papers from every home that is asked. Each home hands out all of its own or none; what some of them gave is not withheld
 * because another refused or is off line: the passenger gets that paper, and asks again for the rest.
 */
async function collectAnywhere(
  hub: Hub,
  station: string,
  body: RequestBody<'ticket.collect'>,
  call: Call,
): Promise<Outcome<{ papers: TicketPaper[] }, Refusal>> {
  const byHome = new Map<string, string[]>();
  for (const ticketNo of body.ticketNos) {
    const home = await homeOf(hub, ticketNo);
    if (!home) return refuse({ code: 'ticket.unknown', ticketNo });
    byHome.set(home, [...(byHome.get(home) ?? []), ticketNo]);
  }
  const papers: TicketPaper[] = [];
  let no: Refusal | undefined;
  for (const [home, ticketNos] of byHome) {
    const asked = { ...body, ticketNos };
    const handed: Outcome<TicketPaper[], Refusal> =
      home === HUB
        ? await collectTickets(hub, call, asked, hub.clock.now())
        : await papersFrom(hub, { station, id: call.key, home, body: asked });
    if (handed.ok) papers.push(...handed.value);
    else no ??= handed.refusal;
  }
  return papers.length > 0 || !no ? done({ papers }) : refuse(no);
}

async function papersFrom(
  hub: Hub,
  forward: { station: string; id: string; home: string; body: RequestBody<'ticket.collect'> },
): Promise<Outcome<TicketPaper[], Refusal>> {
  const handed = await forwardRequest(hub, { ...forward, kind: 'ticket.collect' });
  return handed.ok ? done(handed.value.papers) : handed;
}
