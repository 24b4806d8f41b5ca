import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import { and, eq, gt, lt, or } from 'drizzle-orm';
import type { AgentTables } from '../store/tables.ts';

export type Exchange = AgentTables['exchanges']['$inferSelect'];
/** `pinned`: the new seat is held and the home has not answered. `too-late`: exchanged, and the coach had left. */
export type ExchangeState = 'pinned' | 'done' | 'refused' | 'too-late';

const SHOWN_MAX = 100;

const byId = statement((db, { exchanges }: AgentTables) =>
  db
    .select()
    .from(exchanges)
    .where(eq(exchanges.exchangeId, value('exchangeId'))),
);

const waiting = statement((db, { exchanges }: AgentTables) =>
  db
    .select()
    .from(exchanges)
    .where(and(eq(exchanges.state, 'pinned'), lt(exchanges.beganAt, value('before'))))
    .orderBy(exchanges.beganAt)
    .limit(SHOWN_MAX),
);

export async function findExchange(on: Reader<AgentTables>, exchangeId: string): Promise<Exchange | undefined> {
  return (await byId(on, { exchangeId }))[0];
}

/** Exchanges that were begun before `before` and still wait for the old ticket's home. */
export function waitingExchanges(on: Reader<AgentTables>, before: EpochMs): Promise<Exchange[]> {
  return waiting(on, { before });
}

/** What a clerk still has to see to: exchanges under way, and cash that a passenger has to get. */
export async function openExchanges(on: Reader<AgentTables>) {
  const { exchanges } = on.t;
  const open = or(eq(exchanges.state, 'pinned'), gt(exchanges.dueFen, 0));
  const rows = await on.db.select().from(exchanges).where(open).orderBy(exchanges.beganAt).limit(SHOWN_MAX);
  return done(
    rows.map(({ exchangeId, oldTicketNo, state, reason, dueFen, beganAt, newTicket }) => {
      const { ticketNo, tripId, seat } = JSON.parse(newTicket) as TicketBody;
      const newTicketNo = state === 'refused' ? null : ticketNo;
      return { exchangeId, oldTicketNo, newTicketNo, tripId, seat, state, reason, dueFen, beganAt };
    }),
  );
}

/** The home has not answered: the clerk waits or lets the passenger come back; the station goes on asking by itself. */
export const underWay = ({ oldTicketNo }: Exchange) => refuse({ code: 'exchange.under-way', ticketNo: oldTicketNo });
