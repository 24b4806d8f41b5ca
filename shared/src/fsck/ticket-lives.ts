import type { TicketState } from '../domain/ticket.ts';
import type { TicketBody } from '../protocol/events.ts';
import type { TripFact } from './trip-facts.ts';

type Ended = 'refunded' | 'voided' | 'rebooked';
type AtGate = 'boarded' | 'forfeited' | 'departed';

/** What the streams say of one ticket. */
export type TicketLife = {
  /** Undefined where its sale is told elsewhere, or no longer kept. */
  sold: TicketBody | undefined;
  /** The ticket that it replaced. */
  rebookedFrom: string | null;
  collected: boolean;
  ended: Ended | null;
  /** The end was told by another party: a gate that had let the passenger in before keeps its own state. */
  endedElsewhere: boolean;
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
  rebookedFrom: null,
  collected: false,
  ended: null,
  endedElsewhere: false,
  gateAtEnd: null,
  gate: null,
  gateBefore: null,
  gateOf: '',
  unboarded: false,
};

/** Folds the facts of a trip into the life of each of its tickets. */
export function ticketLives(tripId: string, facts: readonly TripFact[]): Map<string, TicketLife> {
  const lives = new Map<string, TicketLife>();
  const change = (ticketNo: string, changes: (life: TicketLife) => Partial<TicketLife>) => {
    const life = lives.get(ticketNo) ?? NEW_LIFE;
    lives.set(ticketNo, { ...life, ...changes(life) });
  };
  const end = (ticketNo: string, ended: Ended, endedElsewhere = false) =>
    change(ticketNo, ({ gate }) => ({ ended, endedElsewhere, gateAtEnd: gate }));

  for (const each of facts) {
    const { type, fact } = each;
    if (type === 'ticket.sold' || type === 'hub-ticket.sold') change(fact.ticketNo, () => ({ sold: fact }));
    else if (type === 'ticket.collected' || type === 'hub-ticket.collected')
      change(fact.ticketNo, () => ({ collected: true }));
    else if (type === 'ticket.voided') end(fact.ticketNo, 'voided');
    else if (type === 'ticket.refunded') end(fact.ticketNo, 'refunded');
    else if (type === 'hub-ticket.freed') end(fact.ticketNo, fact.state, !each.said);
    else if (type === 'ticket.rebooked') {
      const { newTicket: sold, ticketNo: rebookedFrom } = fact;
      if (fact.tripId === tripId) end(rebookedFrom, 'rebooked');
      if (sold.tripId === tripId) change(sold.ticketNo, () => ({ sold, rebookedFrom }));
    } else if (type === 'ticket.boarded')
      change(fact.ticketNo, ({ gate }) => ({ gate: 'boarded', gateBefore: gate, gateOf: each.peer }));
    else if (type === 'ticket.unboarded')
      change(fact.ticketNo, ({ gateBefore }) => ({ gate: gateBefore, unboarded: true }));
    else if (type === 'ticket.forfeited') change(fact.ticketNo, () => ({ gate: 'forfeited', gateOf: each.peer }));
    else if (type === 'trip.departed') {
      for (const [ticketNo, { gate, gateOf }] of lives)
        if (gate === 'boarded' && gateOf === each.peer) change(ticketNo, () => ({ gate: 'departed' }));
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
