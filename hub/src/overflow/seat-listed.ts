import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { lostRide, seatAgain } from '@lianpiao/shared/store/epochs/seat-again';
import type { Place } from '@lianpiao/shared/store/epochs/seat-now';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { boardingGate } from '../gates/boarding-gate.ts';
import { sayWhenKnown } from '../gates/say-when-known.ts';
import { HUB } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * The origin has given these legs for a passenger of the hub who has lost the seat. Who was refunded meanwhile needs none, and
 * the legs are the hub's like any others.
 */
export async function seatListed(tx: HubTx, ticketNo: string, places: readonly Place[], now: EpochMs): Promise<void> {
  const lost = await lostRide(tx, ticketNo);
  if (!lost.ok || lost.value.ticket.home !== HUB) return;
  const { tripId, legs } = lost.value;
  const place = places.find((each) => each.tripId === tripId && each.legs === legs);
  if (place) await seatHere(tx, ticketNo, place.seat, now);
}

/** Gives a passenger of the hub one of its own free seats, and tells the gate. */
export async function seatHere(tx: HubTx, ticketNo: string, seat: string | undefined, now: EpochMs) {
  const lost = await lostRide(tx, ticketNo);
  if (!lost.ok) return lost;
  const seated = await seatAgain(tx, lost.value, seat);
  if (!seated.ok) return seated;
  const { tripId, from } = seated.value;
  const trip = await findTrip(tx, tripId);
  const gate = trip && (await boardingGate(tx, trip, from));
  const fact = { ...seated.value, at: now };
  if (gate) await sayWhenKnown(tx, { peer: gate, type: 'hub-ticket.seated', agg: tripId, fact }, now);
  return seated;
}
