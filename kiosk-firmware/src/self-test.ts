import type { IdReader } from '@lianpiao/shared/devices/id-reader/port';
import type { TicketPrinter } from '@lianpiao/shared/devices/ticket-printer/port';
import type { AgentClient } from './agent-client.ts';
import type { Health, PartState } from './flow/session.ts';

/** One lost question is no outage: so many in a row end service. The first look of all counts at once. */
const MISSES_OF_OUTAGE = 2;

/** Says what works: agent reachable and willing, printer ready, reader there. Asked at the start and again and again. */
export type SelfTest = { look(): Promise<Health> };

export function createSelfTest(parts: {
  readonly agent: AgentClient;
  readonly printer: TicketPrinter;
  readonly reader: IdReader | null;
}): SelfTest {
  const { agent, printer, reader } = parts;
  let misses = MISSES_OF_OUTAGE;
  let hub = true;

  async function agentState(): Promise<PartState> {
    const answer = await agent.look();
    if (answer.kind === 'yes') {
      misses = 0;
      hub = answer.value.online;
      return null;
    }
    misses += 1;
    return misses >= MISSES_OF_OUTAGE ? answer.problem.code : null;
  }

  return {
    look: async () => {
      const [agentNow, status] = await Promise.all([agentState(), printer.status()]);
      return { agent: agentNow, printer: status.ready ? null : status.trouble, reader: readerState(reader), hub };
    },
  };
}

/** A card that cannot be read is the card's trouble, not the reader's. */
const OF_THE_CARD = new Set(['id-reader.replace-card', 'id-reader.unknown-card', 'id-reader.unreadable-card']);

export function isCardTrouble(code: string): boolean {
  return OF_THE_CARD.has(code);
}

function readerState(reader: IdReader | null): PartState {
  if (!reader) return 'id-reader.absent';
  const state = reader.state();
  if (state === 'connecting') return 'checking';
  return state === 'ready' || state === 'card' || isCardTrouble(state) ? null : state;
}
