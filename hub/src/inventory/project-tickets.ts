import { boardedFrom, isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { keepSeated } from '@lianpiao/shared/store/epochs/seat-again';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import {
  findTicket,
  insertTicket,
  moveTicket,
  type TicketPerson,
  type TicketRow,
} from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { undoCounted } from '../clearing/undo-counted.ts';
import { HUB, type Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { countSerial } from '../stations/lease-numbers.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { CannotApply } from './cannot-apply.ts';

/**
 * Lane `ev`: tickets of stations, as the hub keeps them for the whole province. Seats of stations are not touched: what a
 * station sells is its own.
 */
export function ticketFacts(hub: Pick<Hub, 'persons' | 'money' | 'clock'>): FactHandlers<HubTables> {
  const { money } = hub;
  const origin = (peer: string) => ({ from: peer, now: hub.clock.now() });
  return {
    'ticket.sold': async (tx, { fact, person }, peer) => {
      if (fact.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo: fact.ticketNo, home: fact.home });
      if (await findTicket(tx, fact.ticketNo))
        throw new CannotApply('ticket.number-twice', { ticketNo: fact.ticketNo });
      await insertTicket(tx, await ticketOnArrival(tx, fact, hub.clock.now()), indexed(hub, person));
      await countSerial(tx, peer, fact.ticketNo, hub.clock.now());
      await money.ticketSold(tx, fact, origin(peer));
    },
    'ticket.collected': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      // Handed out before it counted as travelled: it has travelled all the same.
      const state = row.state === 'departed' ? 'departed' : 'collected';
      await move(tx, row, ['sold', 'collected', 'departed'], state, { printSeq: fact.printSeq });
    },
    'ticket.seated': async (tx, { fact }, peer) => {
      const { fareType } = await ownTicket(tx, fact.ticketNo, peer);
      await keepSeated(tx, { ...fact, fareType }, hub.clock.now());
      touchTrip(tx, fact.tripId);
    },
    'ticket.voided': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      await undoCounted(tx, row, fact.bizDate, hub.clock.now());
      await move(tx, row, ['sold', 'collected'], 'voided', { endedAt: fact.at });
      await money.ticketVoided(tx, fact, origin(peer));
    },
    'ticket.refunded': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      await move(tx, row, ['sold', 'collected', 'forfeited', 'departed'], 'refunded', { endedAt: fact.at });
      await money.ticketRefunded(tx, fact, origin(peer));
    },
    'ticket.rebooked': async (tx, { fact, person }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      const { newTicket } = fact;
      if (newTicket.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo: newTicket.ticketNo });
      await undoCounted(tx, row, fact.bizDate, hub.clock.now());
      await move(tx, row, ['sold', 'collected'], 'rebooked', { endedAt: fact.at });
      const seated = await ticketOnArrival(tx, newTicket, hub.clock.now());
      await insertTicket(tx, seated, indexed(hub, person), row.ticketNo);
      await countSerial(tx, peer, newTicket.ticketNo, hub.clock.now());
      await money.ticketRebooked(tx, fact, origin(peer));
    },
    'ticket.boarded': async (tx, { fact }, peer) => {
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      const stateBefore = boardedFrom(row.state as TicketState);
      if (stateBefore)
        await moveTicket(tx, row.ticketNo, [stateBefore], 'boarded', { boardedAt: fact.at, stateBefore });
      else if (isEnded(row.state as TicketState)) await contest(tx, row, hub.clock.now());
      else throw new CannotApply('ticket.changed-otherwise', { ticketNo: row.ticketNo, state: row.state });
      await money.ticketBoarded(tx, fact, origin(peer));
    },
    'ticket.unboarded': async (tx, { fact }, peer) => {
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      if (row.state === 'boarded') {
        await moveTicket(tx, row.ticketNo, ['boarded'], row.stateBefore as TicketState, {
          boardedAt: null,
          stateBefore: null,
        });
      } else if (!isEnded(row.state as TicketState)) {
        throw new CannotApply('ticket.changed-otherwise', { ticketNo: row.ticketNo, state: row.state });
      }
      await money.ticketUnboarded(tx, fact, origin(peer));
    },
    'ticket.forfeited': async (tx, { fact }, peer) => {
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      // The gate had not heard that the ticket is ended: it stays ended.
      if (!isEnded(row.state as TicketState)) await move(tx, row, ['sold', 'collected'], 'forfeited', {});
    },
  };
}

/** Who travels, with the province's key to find them by. Nobody where the month's key has been destroyed. */
function indexed({ persons }: Pick<Hub, 'persons'>, sealed: Uint8Array | null): TicketPerson | null {
  const who = sealed && persons.open(sealed);
  return sealed && who ? { sealed, key: persons.find(who.idType, who.idNo) } : null;
}

/** A ticket that only its home changes. */
async function ownTicket(tx: HubTx, ticketNo: string, peer: string): Promise<TicketRow> {
  const row = await findTicket(tx, ticketNo);
  if (!row) throw new CannotApply('ticket.unknown', { ticketNo });
  if (row.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo, home: row.home });
  return row;
}

/** A ticket that boards at this station, whatever its home. */
async function boardingTicket(tx: HubTx, ticketNo: string, peer: string): Promise<TicketRow> {
  const row = await findTicket(tx, ticketNo);
  const trip = row && (await findTrip(tx, row.tripId));
  if (!row || !trip) throw new CannotApply('ticket.unknown', { ticketNo });
  if (boardingStation(trip, row.fromStop) !== peer)
    throw new CannotApply('trip.other-stop', { ticketNo, station: peer });
  return row;
}

async function move(
  tx: HubTx,
  row: TicketRow,
  from: readonly TicketState[],
  to: TicketState,
  changes: Parameters<typeof moveTicket>[4],
): Promise<void> {
  const moved = await moveTicket(tx, row.ticketNo, from, to, changes);
  if (!moved) throw new CannotApply('ticket.changed-otherwise', { ticketNo: row.ticketNo, state: row.state, to });
}

/** The gate let somebody ride on a ticket that its home had ended, before the gate knew: no money goes out by itself. */
async function contest(tx: HubTx, row: TicketRow, now: number): Promise<void> {
  const { refundDues } = tx.t;
  if (row.home === HUB) {
    await tx.db.update(refundDues).set({ state: 'contested' }).where(eq(refundDues.ticketNo, row.ticketNo));
  }
  await raiseAlarm(tx, 'ticket.boarded-after-end', row.ticketNo, `${row.state} ${row.tripId} ${row.seat}`, now);
}
