import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { gateFacts } from '../gates/project-gates.ts';
import type { Hub } from '../hub.ts';
import { clockFacts } from '../stations/clock-facts.ts';
import type { HubTables } from '../store/tables.ts';
import { moneyFacts } from './project-money.ts';
import { seatFacts } from './project-seats.ts';
import { ticketFacts } from './project-tickets.ts';
import { tripFacts } from './project-trips.ts';

/**
 * Everything that the hub makes of what stations say, for the link to apply. A fact happened: none is ever refused, and
 * the stream applies each once. A handler throws `CannotApply`, which parks the fact's aggregate, or a `Fault`.
 */
export function projections(hub: Pick<Hub, 'persons' | 'money' | 'clock' | 'newId'>): FactHandlers<HubTables> {
  return {
    ...seatFacts(hub),
    ...tripFacts(hub),
    ...ticketFacts(hub),
    ...gateFacts(hub),
    ...moneyFacts(hub),
    ...clockFacts(hub),
  };
}
