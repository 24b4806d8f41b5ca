import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { PickupProof, TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { findTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import { boardingGate } from '../gates/boarding-gate.ts';
import { sayWhenKnown } from '../gates/say-when-known.ts';
import { HUB, type Hub } from '../hub.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';

export type CollectWish = { readonly proof: PickupProof; readonly ticketNos: readonly string[] };

/**
 * 取票 of tickets whose home is the hub: each is handed out once, under a new print sequence, to whoever shows the document
 * it was bought on or the order's pickup code. All or none. The codes are signed after the transaction.
 */
export async function collectTickets(
  hub: Hub,
  call: Call,
  wish: CollectWish,
  now: EpochMs,
): Promise<Outcome<TicketPaper[], { readonly code: string }>> {
  const handed = await answerOnce(hub.store, call, 'collect', now, (tx: HubTx) => handOut(hub, tx, call, wish, now));
  return handed.ok ? done(await papersOf(hub, handed.value, now)) : handed;
}

/** Which print of which ticket was handed out. */
export type HandedOut = { readonly prints: readonly { readonly ticketNo: string; readonly printSeq: number }[] };

/** The papers of what was handed out, with their codes signed. */
export async function papersOf(hub: Hub, { prints }: HandedOut, now: EpochMs): Promise<TicketPaper[]> {
  const papers: TicketPaper[] = [];
  for (const { ticketNo, printSeq } of prints) {
    const row = (await findTicket(hub.store.read, ticketNo))!;
    const trip = (await findTrip(hub.store.read, row.tripId))!;
    papers.push(hub.paper({ row, trip, who: row.person ? hub.persons.open(row.person) : null, printSeq }, now));
  }
  return papers;
}

async function handOut(hub: Hub, tx: HubTx, call: Call, { proof, ticketNos }: CollectWish, now: EpochMs) {
  const waiting = new Map((await uncollected(hub, tx, proof)).map((row) => [row.ticketNo, row]));
  const prints: { ticketNo: string; printSeq: number }[] = [];
  for (const ticketNo of ticketNos) {
    const row = waiting.get(ticketNo);
    const printSeq = (row?.printSeq ?? 0) + 1;
    // After a restore the trip may come back behind its tickets.
    const trip = row && (await findTrip(tx, row.tripId));
    if (row && !trip) return refuse({ code: 'hub.restoring', tripId: row.tripId });
    if (!row || !trip || !(await moveTicket(tx, ticketNo, ['sold'], 'collected', { printSeq }))) {
      return refuse({ code: 'pickup.not-found', ticketNo });
    }
    const gate = await boardingGate(tx, trip, row.fromStop);
    const by = call.caller.clerk ?? call.caller.id;
    const fact = { ticketNo, tripId: row.tripId, at: now, bizDate: serviceDateOf(now, trip.zone), by, printSeq };
    if (gate) await sayWhenKnown(tx, { peer: gate, type: 'hub-ticket.collected', agg: row.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.collected', ticketNo, now, String(printSeq));
    prints.push({ ticketNo, printSeq });
  }
  return done({ prints });
}

async function uncollected(hub: Pick<Hub, 'persons'>, on: HubReader, proof: PickupProof): Promise<TicketRow[]> {
  const { tickets, orders } = on.t;
  const mine = and(eq(tickets.home, HUB), eq(tickets.state, 'sold'));
  if (!('pickupCode' in proof)) {
    const key = hub.persons.find(proof.idType, proof.idNo);
    return on.db
      .select()
      .from(tickets)
      .where(and(mine, eq(tickets.personKey, key)));
  }
  const byCode = and(mine, eq(orders.pickupCode, proof.pickupCode));
  const rows = await on.db
    .select({ ticket: tickets })
    .from(tickets)
    .innerJoin(orders, eq(orders.orderId, tickets.orderId))
    .where(byCode);
  return rows.map(({ ticket }) => ticket);
}
