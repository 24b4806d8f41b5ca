import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import { PickupTries, STATION_TRIES } from '@lianpiao/shared/people/pickup-tries';
import type { Call } from '@lianpiao/shared/store/call';
import { fetchForGate } from '../gates/fetch-for-gate.ts';
import type { Hub } from '../hub.ts';
import { recallSeats } from '../inventory/recall-seats.ts';
import { SeatRequests } from '../inventory/seat-requests.ts';
import type { MonthKeys } from '../stations/month-keys.ts';
import { quoteAtHome } from './ask-home.ts';
import { intentState } from './intent-state.ts';
import { isUnderWay, orWait } from './or-wait.ts';
import { orderByPickupCode, ticketByNo, ticketsOfPerson } from './query-orders.ts';

/**
 * What a station may ask the hub. Tickets whose home is the hub are dealt with here, others by their home, to which the
 * request is passed on; while a home is under way a request waits. A mutating request's id is its idempotency key. `tries` and `seats` are one for all stations.
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
    'ticket.quote': async ({ ticketNo, overrule }, id) => {
      const quote = await quoteAtHome(hub, { station, id, ticketNo, overrule });
      // A quote is the home's promise: none can be given now, and nothing is recorded.
      return isUnderWay(quote) ? refuse({ code: 'ticket.home-under-way', ticketNo }) : quote;
    },
    'ticket.refund': async (body, id) =>
      body.payer === station
        ? orWait(hub, { station, id, kind: 'ticket.refund', body })
        : refuse({ code: 'refund.payer-is-another', payer: body.payer }),
    'ticket.rebook': (body, id) => orWait(hub, { station, id, kind: 'ticket.rebook', body }),
    'ticket.collect': (body, id) =>
      tries.look(station, body.proof, clock, () => orWait(hub, { station, id, kind: 'ticket.collect', body })),
    'intent.state': (body) => intentState(hub, station, body, clock.now()),
    'keys.person': async () => done(await monthKeys.forStation(clock.now())),
  };
}
