import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, notInArray } from 'drizzle-orm';
import { boardingGate } from '../gates/boarding-gate.ts';
import { sayWhenKnown } from '../gates/say-when-known.ts';
import { HUB } from '../hub.ts';
import type { HubStore, HubTx } from '../store/hub-store.ts';

/** A station that was heard within that time is at work, in ms: twice its longest silence on a line that is up. */
const AT_WORK_MS = 90_000;

/**
 * An operator takes a station out of the network for good, with its agent stopped: its link is refused from here on, and the homes
 * of all its tickets that still live pass to the hub (inventory: home of a ticket). What it had not sent stays unknown here,
 * so the answer says how many rows it last had waiting.
 */
export function retireStation(store: HubStore, by: Caller, code: string, now: EpochMs) {
  return store.transaction(async (tx) => {
    const { stations, enrolTokens, tickets } = tx.t;
    const [known] = await tx.db.select().from(stations).where(eq(stations.code, code));
    if (!known) return refuse({ code: 'station.unknown', station: code });
    if (known.state === 'retired') return refuse({ code: 'station.retired-already', station: code });
    if (known.lastWordAt !== null && now - known.lastWordAt < AT_WORK_MS)
      return refuse({ code: 'station.at-work', station: code, lastWordAt: known.lastWordAt });
    await tx.db.update(stations).set({ state: 'retired' }).where(eq(stations.code, code));
    await tx.db.delete(enrolTokens).where(eq(enrolTokens.station, code));

    const alive = notInArray(tickets.state, ['refunded', 'voided', 'rebooked']);
    const moved = await tx.db
      .update(tickets)
      .set({ home: HUB })
      .where(and(eq(tickets.home, code), alive))
      .returning();
    for (const ticket of moved) await tellGate(tx, ticket, by, now);
    await audit(tx, by, 'station.retired', code, now, `${moved.length} tickets, ${known.queued} rows not sent`);
    return done({ code, homes: moved.length, notSent: known.queued });
  });
}

/** The gate that still boards the ticket answers for its home. */
async function tellGate(tx: HubTx, { ticketNo, tripId, fromStop, state }: TicketRow, by: Caller, now: EpochMs) {
  if (state !== 'sold' && state !== 'collected') return;
  const trip = await findTrip(tx, tripId);
  const gate = trip && (await boardingGate(tx, trip, fromStop));
  if (!trip || !gate) return;
  const moved = { ticketNo, tripId, at: now, bizDate: serviceDateOf(now, trip.zone), by: by.clerk ?? by.id };
  await sayWhenKnown(tx, { peer: gate, type: 'ticket.homed', agg: tripId, fact: { ...moved, home: HUB } }, now);
}
