import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { type Channel, ticketNoOf } from '@lianpiao/shared/domain/ticket-number';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, lte, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const open = statement((db, t: AgentTables) =>
  db
    .select({ first: t.numberRanges.first, next: t.numberRanges.next, last: t.numberRanges.last })
    .from(t.numberRanges)
    .where(and(eq(t.numberRanges.terminal, value('terminal')), lte(t.numberRanges.next, t.numberRanges.last)))
    .orderBy(t.numberRanges.first)
    .limit(2),
);

const use = statement((db, t: AgentTables) =>
  db
    .update(t.numberRanges)
    .set({ next: sql`${value('next')}` })
    .where(and(eq(t.numberRanges.terminal, value('terminal')), eq(t.numberRanges.first, value('first')))),
);

export type NumbersRefusal = { readonly code: 'ticket.numbers-used-up'; readonly terminal: string };

/** The next ticket numbers of a terminal, from the ranges that the hub leased: minted offline, never twice. */
export async function mintNumbers(
  agent: Agent,
  tx: AgentTx,
  terminal: string,
  channel: Channel,
  count: number,
): Promise<Outcome<string[], NumbersRefusal>> {
  const numbers: string[] = [];
  for (const range of await open(tx, { terminal })) {
    const take = Math.min(count - numbers.length, range.last - range.next + 1);
    for (let serial = range.next; serial < range.next + take; serial += 1) {
      numbers.push(ticketNoOf({ station: agent.station.code, channel, terminal, serial }));
    }
    await use(tx, { terminal, first: range.first, next: range.next + take });
    if (numbers.length === count) return done(numbers);
  }
  return refuse({ code: 'ticket.numbers-used-up', terminal });
}
