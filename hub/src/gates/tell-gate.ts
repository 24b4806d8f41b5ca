import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { EventBody, TicketBody } from '@lianpiao/shared/protocol/events';
import type { SealedPerson } from '@lianpiao/shared/store/streams';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Hub } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { boardingGate } from './boarding-gate.ts';
import { sayWhenKnown } from './say-when-known.ts';
import { seatIsFree } from './seat-is-free.ts';
import { tellEnd } from './told-ends.ts';

type Moved = Pick<EventBody<'ticket.unboarded'>, 'ticketNo' | 'tripId' | 'at' | 'bizDate' | 'by'>;
type Ended = EventBody<'hub-ticket.freed'>['state'];

/** Tells the gate that boards a ticket which another station has sold. The seller's own gate knows it already. */
export async function tellSold(
  tx: HubTx,
  ticket: TicketBody,
  person: SealedPerson | undefined,
  now: EpochMs,
): Promise<void> {
  const trip = await findTrip(tx, ticket.tripId);
  const gate = trip && (await boardingGate(tx, trip, ticket.from));
  if (!gate || gate === ticket.home) return;
  const fact = { peer: gate, type: 'hub-ticket.sold' as const, agg: ticket.tripId, fact: ticket };
  await sayWhenKnown(tx, person ? { ...fact, person } : fact, now);
}

/** New paper was handed out by the ticket's home: the gate elsewhere takes no older one. */
export async function tellCollected(
  tx: HubTx,
  row: TicketRow,
  fact: EventBody<'ticket.collected'>,
  now: EpochMs,
): Promise<void> {
  const gate = await gateElsewhere(tx, row);
  if (gate) await sayWhenKnown(tx, { peer: gate, type: 'hub-ticket.collected', agg: row.tripId, fact }, now);
}

/**
 * The home of a ticket has ended it, and whoever sold it still claims its seat. The gate elsewhere is told, and answers with
 * `ticket.freedSeen`. Where the gate is the home itself it knows; where there is none the hub answers for it, but for a stop
 * whose list is printed: there the seat is not sold again (inventory: ownership 7).
 */
export async function tellEnded(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  row: TicketRow,
  state: Ended,
  { ticketNo, tripId, at, bizDate, by }: Moved,
  now: EpochMs,
): Promise<void> {
  const fact = { ticketNo, tripId, at, bizDate, by, state };
  const trip = (await findTrip(tx, tripId))!;
  const gate = await boardingGate(tx, trip, row.fromStop);
  if (gate !== null && gate !== row.home) {
    await tellEnd(tx, gate, fact, now);
    return;
  }
  if (gate !== null && issuerOf(ticketNo) !== gate) await seatIsFree(hub, tx, row, { ...fact, seat: 'free' }, now);
  if (gate !== null || boardingStation(trip, row.fromStop) === null) return;
  const printed = (await finalsOf(tx, tripId)).some(({ stop }) => stop === row.fromStop);
  await seatIsFree(hub, tx, row, { ...fact, seat: printed ? 'kept' : 'free' }, now);
}

/** The gate that boards a ticket and is not its home. */
async function gateElsewhere(tx: HubTx, { tripId, fromStop, home }: TicketRow): Promise<string | null> {
  const trip = await findTrip(tx, tripId);
  const gate = trip ? await boardingGate(tx, trip, fromStop) : null;
  return gate === home ? null : gate;
}
