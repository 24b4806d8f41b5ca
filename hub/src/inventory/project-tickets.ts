import { boardedFrom, isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { EventBody, TicketBody } from '@lianpiao/shared/protocol/events';
import { keepSeated } from '@lianpiao/shared/store/epochs/seat-again';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import type { SealedPerson } from '@lianpiao/shared/store/streams';
import { keepCollected } from '@lianpiao/shared/store/tickets/keep-collected';
import {
  findTicket,
  insertTicket,
  moveTicket,
  type TicketPerson,
  type TicketRow,
} from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq } from 'drizzle-orm';
import { undoCleared } from '../clearing/undo-cleared.ts';
import { tellCommit } from '../gates/tell-commit.ts';
import { tellCollected, tellEnded, tellSold } from '../gates/tell-gate.ts';
import { HUB, type Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { bringOrderBack } from '../restore/bring-order-back.ts';
import { takeToldExchange } from '../restore/lost-exchanges.ts';
import { countSerial } from '../stations/lease-numbers.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { CannotApply } from './cannot-apply.ts';
import { isLostSale, isLostTicket, notToldYet, toldTicket, toldTrip } from './told-yet.ts';
import { writeNewTicket } from './write-new-ticket.ts';

/** From which a home ends a ticket. It may not have heard yet that a gate elsewhere has closed without the passenger. */
const ENDED_UNRIDDEN: readonly TicketState[] = ['sold', 'collected', 'forfeited'];

/**
 * Lane `ev`: tickets of stations, as the hub keeps them for the whole province. Seats of stations are not touched: what a
 * station sells is its own.
 */
export function ticketFacts(hub: Pick<Hub, 'persons' | 'money' | 'clock' | 'newId'>): FactHandlers<HubTables> {
  const { money } = hub;
  const origin = (peer: string) => ({ from: peer, now: hub.clock.now() });
  return {
    'ticket.sold': async (tx, { fact, person, personHash }, peer) => {
      if (fact.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo: fact.ticketNo, home: fact.home });
      if (await findTicket(tx, fact.ticketNo))
        throw new CannotApply('ticket.number-twice', { ticketNo: fact.ticketNo });
      const seated = await ticketOnArrival(tx, fact, hub.clock.now());
      if (seated.tripId !== fact.tripId) await toldTrip(tx, seated.tripId);
      await insertTicket(tx, seated, indexed(hub, person));
      await countSerial(tx, peer, fact.ticketNo, hub.clock.now());
      await tellSold(tx, seated, passengerOf(person, personHash), hub.clock.now());
      await money.ticketSold(tx, fact, origin(peer));
    },
    'ticket.collected': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      if (!(await keepCollected(tx, row, fact.printSeq)))
        throw new CannotApply('ticket.changed-otherwise', {
          ticketNo: row.ticketNo,
          state: row.state,
          to: 'collected',
        });
      await tellCollected(tx, row, fact, hub.clock.now());
    },
    'ticket.seated': async (tx, { fact }, peer) => {
      await ownTicket(tx, fact.ticketNo, peer);
      await keepSeated(tx, fact, hub.clock.now());
      touchTrip(tx, fact.tripId);
    },
    'ticket.voided': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      await undoCleared(tx, row, fact.bizDate, hub.clock.now());
      const ridden = await endTicket(hub, tx, row, ENDED_UNRIDDEN, 'voided', fact);
      await money.ticketVoided(tx, fact, origin(peer));
      if (ridden) await money.ticketBoarded(tx, ridden.fact, origin(ridden.gate));
    },
    'ticket.refunded': async (tx, { fact }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      const ridden = await endTicket(hub, tx, row, [...ENDED_UNRIDDEN, 'departed'], 'refunded', fact);
      await money.ticketRefunded(tx, fact, origin(peer));
      if (ridden) await money.ticketBoarded(tx, ridden.fact, origin(ridden.gate));
    },
    'ticket.rebooked': async (tx, { fact, person, personHash }, peer) => {
      const row = await ownTicket(tx, fact.ticketNo, peer);
      const { newTicket, exchangeId } = fact;
      if (newTicket.home !== peer && exchangeId === undefined)
        throw new CannotApply('ticket.other-home', { ticketNo: newTicket.ticketNo });
      await toldTrip(tx, newTicket.tripId);
      await undoCleared(tx, row, fact.bizDate, hub.clock.now());
      const ridden = await endTicket(hub, tx, row, ENDED_UNRIDDEN, 'rebooked', fact);
      const who = { indexed: indexed(hub, person), sealed: passengerOf(person, personHash) };
      await writeNewTicket(tx, newTicket, who, row.ticketNo, hub.clock.now());
      if (exchangeId !== undefined) await tellCommit(tx, { ...fact, exchangeId }, who.sealed, hub.clock.now());
      await money.ticketRebooked(tx, fact, origin(peer));
      if (ridden) await money.ticketBoarded(tx, ridden.fact, origin(ridden.gate));
    },
    'ticket.exchanged': async (tx, { fact, person, personHash }, peer) => {
      const { newTicket, oldTicketNo } = fact;
      if (newTicket.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo: newTicket.ticketNo });
      const who = { indexed: indexed(hub, person), sealed: passengerOf(person, personHash) };
      await writeNewTicket(tx, newTicket, who, oldTicketNo, hub.clock.now());
      await takeToldExchange(hub.money, tx, fact, hub.clock.now());
      if (await isLostTicket(tx, oldTicketNo)) await bookAsPaid(hub, tx, newTicket, peer);
    },
    'ticket.boarded': async (tx, { fact }, peer) => {
      if (await isLostSale(tx, fact.ticketNo, peer))
        return raiseAlarm(tx, 'ticket.sale-lost', fact.ticketNo, `${peer} ${fact.tripId}`, hub.clock.now());
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      const stateBefore = boardedFrom(row.state as TicketState);
      if (stateBefore)
        await moveTicket(tx, row.ticketNo, [stateBefore], 'boarded', { boardedAt: fact.at, stateBefore });
      else if (isEnded(row.state as TicketState)) await contest(tx, row, hub.clock.now());
      // Otherwise aboard already: a gate that was restored says again what it has lost.
      await money.ticketBoarded(tx, fact, origin(peer));
    },
    'ticket.unboarded': async (tx, { fact }, peer) => {
      if (await isLostSale(tx, fact.ticketNo, peer)) return;
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      if (row.state === 'boarded') {
        await moveTicket(tx, row.ticketNo, ['boarded'], row.stateBefore as TicketState, {
          boardedAt: null,
          stateBefore: null,
        });
      } else if (row.state === 'departed') {
        throw new CannotApply('ticket.changed-otherwise', { ticketNo: row.ticketNo, state: row.state });
      }
      await money.ticketUnboarded(tx, fact, origin(peer));
    },
    'ticket.forfeited': async (tx, { fact }, peer) => {
      if (await isLostSale(tx, fact.ticketNo, peer)) return;
      const row = await boardingTicket(tx, fact.ticketNo, peer);
      // The gate had not heard that the ticket is ended: it stays ended. A gate that was restored may say again what it has
      // lost, or miss a passenger whose boarding is in the lost part: who was let in has travelled.
      await moveTicket(tx, row.ticketNo, ['sold', 'collected'], 'forfeited', {});
    },
  };
}

/**
 * A passenger of the hub rides on a ticket of a station, and what was paid for the old one went with the hub's disk. The ride is
 * booked on its order as one that was paid on line; the order stays open, before a person who asks the provider.
 */
async function bookAsPaid(
  { money, clock }: Pick<Hub, 'money' | 'clock'>,
  tx: HubTx,
  ticket: TicketBody,
  from: string,
): Promise<void> {
  const now = clock.now();
  await bringOrderBack(tx, ticket);
  await money.ticketSold(tx, { ...ticket, payMethod: 'psp', home: HUB }, { from, now });
  await raiseAlarm(tx, 'restore.refund-unknown', ticket.ticketNo, `${ticket.orderId} ${ticket.fareFen}`, now);
}

function passengerOf(sealed: Uint8Array | null, hash: string | null): SealedPerson | undefined {
  return sealed && hash !== null ? { sealed, hash } : undefined;
}

/** Who travels, with the province's key to find them by. Nobody where the month's key has been destroyed. */
function indexed({ persons }: Pick<Hub, 'persons'>, sealed: Uint8Array | null): TicketPerson | null {
  const who = sealed && persons.open(sealed);
  return sealed && who ? { sealed, key: persons.find(who.idType, who.idNo) } : null;
}

/** A ticket that only its home changes. */
async function ownTicket(tx: HubTx, ticketNo: string, peer: string): Promise<TicketRow> {
  const row = await toldTicket(tx, ticketNo, peer);
  const issuer = issuerOf(ticketNo);
  // A restored hub may hear the new home of a ticket before the old one, which gave it away.
  if (row.home === issuer && issuer !== peer && (await hubIncarnation(tx)) > 1) throw notToldYet(ticketNo, issuer);
  if (row.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo, home: row.home });
  await toldTrip(tx, row.tripId);
  return row;
}

/** A ticket that boards at this station, whatever its home. */
async function boardingTicket(tx: HubTx, ticketNo: string, peer: string): Promise<TicketRow> {
  const row = await toldTicket(tx, ticketNo, peer);
  if (boardingStation(await toldTrip(tx, row.tripId), row.fromStop) !== peer)
    throw new CannotApply('trip.other-stop', { ticketNo, station: peer });
  return row;
}

type Ending = Pick<EventBody<'ticket.unboarded'>, 'ticketNo' | 'tripId' | 'at' | 'bizDate' | 'by'>;

/**
 * Ends a ticket as its home did, and tells the gate elsewhere. Where that gate had let somebody ride before the home knew,
 * the ticket ends all the same, people are called, and the boarding is answered: the books have it behind the end.
 */
async function endTicket(
  hub: Pick<Hub, 'newId' | 'clock'>,
  tx: HubTx,
  row: TicketRow,
  from: readonly TicketState[],
  to: 'refunded' | 'voided' | 'rebooked',
  { ticketNo, tripId, at, bizDate, by }: Ending,
): Promise<{ readonly gate: string; readonly fact: EventBody<'ticket.boarded'> } | undefined> {
  const gate = boardingStation(await toldTrip(tx, row.tripId), row.fromStop)!;
  const hasLeft = row.state === 'departed' && row.boardedAt !== null && gate !== row.home;
  const ridden = row.state === 'boarded' || hasLeft;
  await move(tx, row, ridden ? ['boarded', 'departed'] : from, to, { endedAt: at });
  await tellEnded(hub, tx, row, to, { ticketNo, tripId, at, bizDate, by }, hub.clock.now());
  if (!ridden) return undefined;
  await contest(tx, { ...row, state: to }, hub.clock.now());
  return { gate, fact: { ticketNo, tripId, at, bizDate, by, printSeq: row.printSeq, late: false } };
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
