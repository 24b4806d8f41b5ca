import { Fault } from '@lianpiao/shared/fault';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { place } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { returnSpentLegs } from '../cut-off/return-spent-legs.ts';
import type { Hub } from '../hub.ts';
import { seatListed } from '../overflow/seat-listed.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { followEpoch } from './follow-epoch.ts';
import { takeGrant } from './take-grant.ts';

/** Puts seats that the hub has into the order of the trip's plan. A grant may come before the plan that it belongs to. */
export async function placeSeats(
  tx: HubTx,
  tripId: string,
  plan: readonly string[],
  seats: readonly string[],
): Promise<void> {
  for (const seat of seats) {
    const position = plan.indexOf(seat);
    if (position >= 0) await place(tx, { tripId, seat, position });
  }
}

/**
 * Lane `seat`: seats that a station gave to the hub. The hub keeps rows of seats that it has ever owned, no others. Legs that
 * come after the cut-off of their stops go back at once.
 */
export function seatFacts(hub: Pick<Hub, 'newId' | 'clock'>): FactHandlers<HubTables> {
  return {
    'seat.granted': async (tx, { fact, at }, peer) => {
      const received = await takeGrant(tx, peer, fact, at);
      if (!received.ok) {
        throw new Fault('seat.ownership-broken', `two owners of seat ${fact.seat} on ${fact.tripId}`, {
          hint: '座位归属出现矛盾，该站座位通道已停：请核对双方的授权记录后再放行。',
          retryable: false,
          facts: { tripId: fact.tripId, seat: fact.seat, station: peer },
        });
      }
      if (fact.forTicket !== undefined) await seatListed(tx, fact.forTicket, received.value, hub.clock.now());
      const trip = await findTrip(tx, received.value[0]?.tripId ?? fact.tripId);
      if (!trip) return touchTrip(tx, fact.tripId);
      await placeSeats(
        tx,
        trip.tripId,
        trip.seats,
        received.value.map(({ seat }) => seat),
      );
      touchTrip(tx, trip.tripId);
      await returnSpentLegs(hub, tx, trip, hub.clock.now());
    },
    'trip.reseated': (tx, { fact }, peer) => followEpoch(hub, tx, fact, peer, hub.clock.now()),
  };
}
