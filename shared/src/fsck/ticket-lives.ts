import type { TicketState } from '../domain/ticket.ts';
import type { EventBody, TicketBody } from '../protocol/events.ts';
import type { SeatedIn } from '../store/epochs/seat-now.ts';
import type { SeatPlans } from './seat-plans.ts';
import type { TripFact } from './trip-facts.ts';

type Ended = 'refunded' | 'voided' | 'rebooked';
type AtGate = 'boarded' | 'forfeited' | 'departed';

/** What the streams say of one ticket. */
export type TicketLife = {
  /** Undefined where its sale is told elsewhere, or no longer kept. */
  sold: TicketBody | undefined;
  /** The seat that the home gave a passenger who had lost the first one to a new plan. */
  seated: SeatedIn | undefined;
  /** The ticket that it replaced. */
  rebookedFrom: string | null;
  /** Bought by the rebooking of a ticket whose home was another one: its order is there. */
  exchanged: boolean;
  /** Homes that this party has given it to, and those that the hub has named. */
  homesGiven: string[];
  homesNamed: string[];
  /** The coach left a gate with it, or without its passenger, and the gate's homes went to the hub: whose, or null for this party. */
  leftFrom: (string | null)[];
  collected: boolean;
  ended: Ended | null;
  /** The end was told by another party: a gate that had let the passenger in before keeps its own state. */
  endedElsewhere: boolean;
  /** The end is known from the word to the gate, in a stream of its own. */
  endedByWord: boolean;
  /** What was said of the seat of the ended ticket: `free` once the gate elsewhere has said so. */
  seen: EventBody<'ticket.freedSeen'>['seat'] | null;
  /** What the gate had said when the ticket ended, of facts that came before in the same stream. */
  gateAtEnd: AtGate | null;
  /** The gate's last word, its word before the passenger boarded, and whose gate it is. */
  gate: AtGate | null;
  gateBefore: AtGate | null;
  gateOf: string;
  unboarded: boolean;
};

const NEW_LIFE: TicketLife = {
  sold: undefined,
  seated: undefined,
  rebookedFrom: null,
  exchanged: false,
  homesGiven: [],
  homesNamed: [],
  leftFrom: [],
  collected: false,
  ended: null,
  endedElsewhere: false,
  endedByWord: false,
  seen: null,
  gateAtEnd: null,
  gate: null,
  gateBefore: null,
  gateOf: '',
  unboarded: false,
};

/** Folds the facts of trips into the life of each of their tickets. */
export function ticketLives(
  tripIds: ReadonlySet<string>,
  facts: readonly TripFact[],
  plans: Pick<SeatPlans, 'seatedNow'>,
): Map<string, TicketLife> {
  const lives = new Map<string, TicketLife>();
  const change = (ticketNo: string, changes: (life: TicketLife) => Partial<TicketLife>) => {
    const life = lives.get(ticketNo) ?? NEW_LIFE;
    lives.set(ticketNo, { ...life, ...changes(life) });
  };
  const end = (ticketNo: string, ended: Ended, endedElsewhere = false) =>
    change(ticketNo, ({ gate }) => ({ ended, endedElsewhere, endedByWord: false, gateAtEnd: gate }));

  for (const each of facts) {
    const { type, fact } = each;
    if (type === 'ticket.sold' || type === 'hub-ticket.sold') change(fact.ticketNo, () => ({ sold: fact }));
    else if (type === 'ticket.collected' || type === 'hub-ticket.collected')
      change(fact.ticketNo, () => ({ collected: true }));
    else if (type === 'ticket.voided') end(fact.ticketNo, 'voided');
    else if (type === 'ticket.refunded') end(fact.ticketNo, 'refunded');
    else if (type === 'hub-ticket.freed') {
      end(fact.ticketNo, fact.state, !each.said);
      change(fact.ticketNo, () => ({ endedByWord: true }));
    } else if (type === 'ticket.freedSeen' && !each.said) {
      // The gate had become the home and ended it: this is how the seller hears of it.
      if (fact.seat !== 'boarded' && !lives.get(fact.ticketNo)?.ended) end(fact.ticketNo, fact.state, true);
      // The coach left without the passenger later on: what was free is not kept by that.
      change(fact.ticketNo, ({ seen }) => ({ seen: seen === 'free' ? seen : fact.seat }));
    } else if (type === 'ticket.seated' || type === 'hub-ticket.seated')
      change(fact.ticketNo, () => ({ seated: fact }));
    else if (type === 'ticket.homeGiven' && each.said)
      change(fact.ticketNo, ({ homesGiven }) => ({ homesGiven: [...homesGiven, fact.home] }));
    else if (type === 'ticket.homed')
      change(fact.ticketNo, ({ homesNamed }) => ({ homesNamed: [...homesNamed, fact.home] }));
    else if (type === 'ticket.rebooked') {
      const { newTicket: sold, ticketNo: rebookedFrom, exchangeId } = fact;
      if (tripIds.has(fact.tripId)) end(rebookedFrom, 'rebooked');
      // The new ticket of an exchange has another home: who says this has no row of it.
      const isTold = exchangeId === undefined || !each.said;
      if (isTold && tripIds.has(sold.tripId)) change(sold.ticketNo, () => ({ sold, rebookedFrom }));
    } else if (type === 'ticket.exchanged')
      change(fact.newTicket.ticketNo, () => ({
        sold: fact.newTicket,
        rebookedFrom: fact.oldTicketNo,
        exchanged: true,
      }));
    else if (type === 'ticket.boarded')
      change(fact.ticketNo, ({ gate }) => ({ gate: 'boarded', gateBefore: gate, gateOf: each.peer }));
    else if (type === 'ticket.unboarded')
      change(fact.ticketNo, ({ gateBefore }) => ({ gate: gateBefore, unboarded: true }));
    else if (type === 'ticket.forfeited') change(fact.ticketNo, () => ({ gate: 'forfeited', gateOf: each.peer }));
    else if (type === 'trip.departed') {
      for (const [ticketNo, { gate, gateOf, ended, endedByWord, sold, seated }] of lives) {
        if ((gate !== 'boarded' && gate !== 'forfeited') || gateOf !== each.peer) continue;
        // Who lost the seat when two trips were merged is not on the one that left, boarded or not.
        const seat = seated ?? sold;
        if (seat && plans.seatedNow(seat).tripId !== fact.tripId) continue;
        if (gate === 'boarded') change(ticketNo, () => ({ gate: 'departed' }));
        if (fact.homes === 'hub' && (ended === null || endedByWord))
          change(ticketNo, ({ leftFrom }) => ({ leftFrom: [...leftFrom, each.said ? null : each.peer] }));
      }
    }
  }
  return lives;
}

/** The states that the ticket may be in. More than one where two streams met in an order that nobody has kept. */
export function statesOf({ ended, endedElsewhere, gate, collected, unboarded }: TicketLife): TicketState[] {
  if (ended) return endedElsewhere && (gate === 'boarded' || gate === 'departed') ? [ended, gate] : [ended];
  if (gate) return [gate];
  if (!collected) return ['sold'];
  return unboarded ? ['collected', 'sold'] : ['collected'];
}
