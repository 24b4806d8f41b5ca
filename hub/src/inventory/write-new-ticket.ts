import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { findTicket, insertTicket, type TicketPerson } from '@lianpiao/shared/store/tickets/ticket-rows';
import { countSerial } from '../stations/lease-numbers.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * The new ticket of a rebooking: told by the old ticket's home and, where that is another, by its own. Whoever comes first
 * writes it.
 */
export async function writeNewTicket(
  tx: HubTx,
  ticket: TicketBody,
  person: TicketPerson | null,
  oldTicketNo: string,
  now: EpochMs,
): Promise<void> {
  if (await findTicket(tx, ticket.ticketNo)) return;
  await insertTicket(tx, ticket, person, oldTicketNo);
  await countSerial(tx, ticket.home, ticket.ticketNo, now);
}
