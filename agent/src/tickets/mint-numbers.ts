import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { type Channel, ticketNoOf } from '@lianpiao/shared/domain/ticket-number';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const take = statement((db, t: AgentTables) => {
  const { numberRanges } = t;
  const roomy = db
    .select({ first: numberRanges.first })
    .from(numberRanges)
    .where(
      and(
        eq(numberRanges.terminal, value('terminal')),
        sql`${numberRanges.next} + ${value('count')} <= ${numberRanges.last} + 1`,
      ),
    )
    .orderBy(numberRanges.first)
    .limit(1);
  return db
    .update(numberRanges)
    .set({ next: sql`${numberRanges.next} + ${value('count')}` })
    .where(and(eq(numberRanges.terminal, value('terminal')), sql`${numberRanges.first} = ${roomy}`))
    .returning({ next: numberRanges.next });
});

export type NumbersRefusal = { readonly code: 'ticket.numbers-used-up'; readonly terminal: string };

/**
 * The next ticket numbers of a terminal, from the first leased range that has room for all of them: minted offline, never
 * twice.
 */
export async function mintNumbers(
  agent: Agent,
  tx: AgentTx,
  terminal: string,
  channel: Channel,
  count: number,
): Promise<Outcome<string[], NumbersRefusal>> {
  const [range] = await take(tx, { terminal, count });
  if (!range) return refuse({ code: 'ticket.numbers-used-up', terminal });
  const station = agent.station.code;
  return done(
    Array.from({ length: count }, (_, index) =>
      ticketNoOf({ station, channel, terminal, serial: range.next - count + index }),
    ),
  );
}
