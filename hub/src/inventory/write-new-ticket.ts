import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import type { SealedPerson } from '@lianpiao/shared/store/streams';
import { findTicket, insertTicket, type TicketPerson } from '@lianpiao/shared/store/tickets/ticket-rows';
import { tellSold } from '../gates/tell-gate.ts';
import { countSerial } from '../stations/lease-numbers.ts';
import type { HubTx } from '../store/hub-store.ts';

/** Who travels: as the row keeps them, and as they travel on to a gate. */
export type Rider = { readonly indexed: TicketPerson | null; readonly sealed: SealedPerson | undefined };

/**
 * The new ticket of a rebooking: told by the old ticket's home and, where that is another, by its own. Whoever comes first
 * writes it, and tells the gate that boards it.
 */
export async function writeNewTicket(
  tx: HubTx,
  ticket: TicketBody,
  { indexed, sealed }: Rider,
  oldTicketNo: string,
  now: EpochMs,
): Promise<void> {
  if (await findTicket(tx, ticket.ticketNo)) return;
  const seated = await ticketOnArrival(tx, ticket, now);
  await insertTicket(tx, seated, indexed, oldTicketNo);
  await countSerial(tx, ticket.home, ticket.ticketNo, now);
  await tellSold(tx, seated, sealed, now);
}
