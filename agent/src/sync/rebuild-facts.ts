import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { Agent } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';
import { drawerFacts } from './rebuild-drawers.ts';
import { endFacts } from './rebuild-ends.ts';
import { exchangeFacts } from './rebuild-exchanges.ts';
import { gateFacts } from './rebuild-gate.ts';
import { ticketFacts } from './rebuild-tickets.ts';
import { tripFacts } from './rebuild-trips.ts';

/**
 * What the station's own facts change in its own rows, when they come back after a restore. The verbs that once made them
 * have decided: nothing is checked again, nothing is printed, and no money moves but in the drawers' books.
 */
export function rebuildFacts(agent: Pick<Agent, 'persons' | 'station'>): FactHandlers<AgentTables> {
  return {
    ...tripFacts(agent),
    ...ticketFacts(agent),
    ...endFacts(agent),
    ...exchangeFacts(agent),
    ...gateFacts(agent),
    ...drawerFacts(agent),
    // The clocks of this machine are what they are now; that one was set is the hub's to know.
    'clock.jump': async () => undefined,
  };
}
