import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { hasRow } from '@lianpiao/shared/store/seats/child-places';
import { freeSeat, freeSeatElsewhere } from '@lianpiao/shared/store/seats/end-sold-seat';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { boardingGate } from '../gates/boarding-gate.ts';
import { tellEnd } from '../gates/told-ends.ts';
import { HUB_STATION } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';

type Ended = {
  /** As it was before it ended. */
  readonly ticket: TicketRow;
  readonly trip: KnownTrip;
  readonly freed: EventBody<'hub-ticket.freed'>;
};

/** Who boards the ticket, the number of the word to them, and whether its seat waits for their word (1) or not (0). */
export type Told = { readonly station: string | null; readonly seq: number; readonly seatFreed: 0 | 1 };

/**
 * A hub ticket has ended: its boarding station is told, and its seat stays claimed until that station's word. Where there is
 * no gate it is free at once, until the stop's list is printed: then it is not sold again.
 */
export async function freeHubSeat(tx: HubTx, { ticket, trip, freed }: Ended, now: EpochMs): Promise<Told> {
  const station = await boardingGate(tx, trip, ticket.fromStop);
  // What a station has sold is on that station's seat, whoever is the ticket's home now.
  const ours = issuerOf(ticket.ticketNo) === HUB_STATION && (await hasRow(tx, ticket));
  const hadSeat = ours && (ticket.state === 'sold' || ticket.state === 'collected');
  if (hadSeat) {
    const printed = (await finalsOf(tx, ticket.tripId)).some(({ stop }) => stop === ticket.fromStop);
    await (station || printed ? freeSeatElsewhere : freeSeat)(tx, ticket);
    touchTrip(tx, ticket.tripId);
  }
  const seq = station ? await tellEnd(tx, station, freed, now) : 0;
  return { station, seq, seatFreed: hadSeat && station ? 1 : 0 };
}
