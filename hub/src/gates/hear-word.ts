import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB_STATION, type Hub } from '../hub.ts';
import { settleByWord } from '../orders/settle-dues.ts';
import { wasSeen } from '../restore/seen-before.ts';
import type { HubTx } from '../store/hub-store.ts';
import { sayWhenKnown } from './say-when-known.ts';
import { acknowledgedEnds, forgetEnds, owingGates, takeForWords } from './told-ends.ts';

/**
 * The word of a gate about an ended ticket that boards there: whoever sold it hears it, and may sell the seat and pay. What is
 * not this gate's to say changes nothing.
 */
export async function hearWord(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  gate: string,
  fact: EventBody<'ticket.freedSeen'>,
  now: EpochMs,
): Promise<void> {
  const { ticketNo, tripId } = fact;
  const row = await findTicket(tx, ticketNo);
  const trip = row && (await findTrip(tx, row.tripId));
  if (!trip || boardingStation(trip, row.fromStop) !== gate) return;
  await forgetEnds(tx, [ticketNo]);
  // The hub owes money for what it has refunded as the ticket's home, whoever issued it.
  await settleByWord(hub, tx, fact, now);
  const issuer = issuerOf(ticketNo);
  if (issuer === HUB_STATION || (await wasSeen(tx, fact))) return;
  await sayWhenKnown(tx, { peer: issuer, type: 'ticket.freedSeen', agg: tripId, fact }, now);
}

/** Takes the acknowledgements of gates that cannot say more for their words. Returns how many. */
export function hearOldGates(hub: Pick<Hub, 'store' | 'newId'>, now: EpochMs): Promise<number> {
  return hub.store.transaction(async (tx) => {
    for (const { gate, acked } of await owingGates(tx)) await takeForWords(tx, gate, acked);
    const words = await acknowledgedEnds(tx);
    for (const { gate, fact } of words) {
      await hearWord(hub, tx, gate, fact, now);
      await forgetEnds(tx, [fact.ticketNo]);
    }
    return words.length;
  });
}
