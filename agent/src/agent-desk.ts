import type { Clock } from '@lianpiao/shared/clock';
import type { PaperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import type { Agent } from './agent.ts';
import type { LinkPort } from './link-port.ts';

/** What the edges of the station work with: its verbs, the hub behind the link, the clock, and the maker of signed paper. */
export type AgentDesk = {
  readonly agent: Agent;
  readonly link: LinkPort;
  readonly clock: Clock;
  readonly paper: PaperMaker;
};
