import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { soldToFree } from '@lianpiao/shared/store/seats/seat-rows';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { returnSpentLegs } from '../cut-off/return-spent-legs.ts';
import { HUB_STATION, type Hub } from '../hub.ts';
import { wasSeen } from '../restore/seen-before.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { sayWhenKnown } from './say-when-known.ts';

/**
 * No gate lets anybody ride on an ended ticket any more: whoever sold it may have its seat back. A station is told; the hub
 * frees its own at once, and gives it on where the hub's sale has ended.
 */
export async function seatIsFree(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  row: TicketRow,
  seen: EventBody<'ticket.freedSeen'>,
  now: EpochMs,
): Promise<void> {
  const { ticketNo, tripId } = row;
  const issuer = issuerOf(ticketNo);
  if (issuer !== HUB_STATION) {
    if (await wasSeen(tx, seen)) return;
    await sayWhenKnown(tx, { peer: issuer, type: 'ticket.freedSeen', agg: tripId, fact: seen }, now);
    return;
  }
  if (seen.seat !== 'free') return;
  // A child's place as any seat, wherever the plan in force has them; a child of an earlier version has neither.
  for (const place of await placesNow(tx, row)) await soldToFree(tx, place);
  touchTrip(tx, tripId);
  await returnSpentLegs(hub, tx, (await findTrip(tx, tripId))!, now);
}
