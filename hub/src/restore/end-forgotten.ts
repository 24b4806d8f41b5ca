import { legMask, meets, without } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, sql } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import { keepOthersSold, replacedTickets } from './end-replaced.ts';
import { endAsRefunded } from './keep-forgotten-refund.ts';
import { awaitedFor } from './restore-waits.ts';

/**
 * Ends the hub's tickets that were alive in its backup and whose legs it has given away or sold since, as the grants and tickets
 * show that came back: nobody gives away what is claimed, so these had ended in the part that is lost. What was paid out for them nobody here
 * knows: a person asks the provider. Only of trips whose stations were all heard.
 */
export async function endForgotten(tx: HubTx, now: EpochMs): Promise<void> {
  const { seats, tickets } = tx.t;
  const given = await tx.db.select().from(seats).where(sql`${seats.sold} & ~${seats.mine} <> 0`);
  for (const { tripId, seat, epoch, mine, sold } of given) {
    if ((await awaitedFor(tx, tripId)).length > 0) continue;
    const lost = without(legMask(sold), legMask(mine));
    const seated = and(eq(tickets.tripId, tripId), eq(tickets.seat, seat), eq(tickets.epoch, epoch));
    for (const ticket of await tx.db.select().from(tickets).where(seated))
      if (meets(legMask(ticket.legs), lost)) await endOne(tx, ticket, now);
  }
  for (const ticket of await replacedTickets(tx)) {
    await endOne(tx, ticket, now);
    await keepOthersSold(tx, ticket);
  }
}

async function endOne(tx: HubTx, ticket: TicketRow, now: EpochMs): Promise<void> {
  const { ticketNo, orderId, fareFen } = ticket;
  if (issuerOf(ticketNo) !== HUB_STATION || isEnded(ticket.state as TicketState)) return;
  if (!(await endAsRefunded(tx, ticket, now, now))) return;
  await raiseAlarm(tx, 'restore.refund-unknown', ticketNo, `${orderId} ${fareFen}`, now);
}
