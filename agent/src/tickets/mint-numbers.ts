import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { type Channel, ticketNoOf } from '@lianpiao/shared/domain/ticket-number';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, gte, lte, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const roomy = statement((db, t: AgentTables) =>
  db
    .select({ first: t.numberRanges.first, next: t.numberRanges.next })
    .from(t.numberRanges)
    .where(
      and(
        eq(t.numberRanges.terminal, value('terminal')),
        sql`${t.numberRanges.next} + ${value('count')} <= ${t.numberRanges.last} + 1`,
      ),
    )
    .orderBy(t.numberRanges.first)
    .limit(1),
);

const use = statement((db, t: AgentTables) =>
  db
    .update(t.numberRanges)
    .set({ next: sql`${t.numberRanges.next} + ${value('count')}` })
    .where(and(eq(t.numberRanges.terminal, value('terminal')), eq(t.numberRanges.first, value('first')))),
);

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
  const [range] = await roomy(tx, { terminal, count });
  if (!range) return refuse({ code: 'ticket.numbers-used-up', terminal });
  await use(tx, { terminal, count, first: range.first });
  const station = agent.station.code;
  return done(
    Array.from({ length: count }, (_, index) => ticketNoOf({ station, channel, terminal, serial: range.next + index })),
  );
}

/** A number of this station's own came back with its paper: it was given out in what is lost, and is not given out again. */
export async function countShown(tx: AgentTx, ticketNo: string): Promise<void> {
  const { numberRanges: ranges } = tx.t;
  const serial = Number(ticketNo.slice(13));
  await tx.db
    .update(ranges)
    .set({ next: serial + 1 })
    .where(
      and(
        eq(ranges.terminal, ticketNo.slice(10, 13)),
        lte(ranges.first, serial),
        gte(ranges.last, serial),
        lte(ranges.next, serial),
      ),
    );
}
