import { compare, type Difference, type Differences } from '@lianpiao/shared/fsck/difference';
import { SeatPlans } from '@lianpiao/shared/fsck/seat-plans';
import { EVENTS, type TicketBody } from '@lianpiao/shared/protocol/events';
import type { Reader } from '@lianpiao/shared/store/store';
import { and, asc, eq, gt, like, sql } from 'drizzle-orm';
import type { AgentTables } from '../store/tables.ts';

type AgentReader = Reader<AgentTables>;
type Exchange = AgentTables['exchanges']['$inferSelect'];

/** Exchanges read at once. */
const PAGE = 200;

/**
 * Each exchange that this station coordinates: while it is pinned it holds its seat, in whatever plan that is now; when it is
 * done its ticket is there; and what is still due is what was promised less what drawers have paid out. And no pin without one.
 */
export async function* exchangeDifferences(read: AgentReader): Differences {
  const { exchanges, epochMaps } = read.t;
  const plans = new SeatPlans(await read.db.select().from(epochMaps));
  for (let after = ''; ; ) {
    const page = await read.db
      .select()
      .from(exchanges)
      .where(gt(exchanges.exchangeId, after))
      .orderBy(asc(exchanges.exchangeId))
      .limit(PAGE);
    for (const exchange of page) {
      if (exchange.state === 'pinned') yield* await pinned(read, exchange, plans);
      else yield* await ended(read, exchange);
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.exchangeId;
  }
  yield* await pinsWithout(read);
}

async function pinned(
  read: AgentReader,
  { exchangeId, holdId, newTicket }: Exchange,
  plans: SeatPlans,
): Promise<Difference[]> {
  const { holds } = read.t;
  const [hold] = await read.db.select().from(holds).where(eq(holds.holdId, holdId));
  const { tripId, epoch, seat, legs, from, to } = JSON.parse(newTicket) as TicketBody;
  const now = plans.seatedNow({ tripId, epoch, seat, legs, from, to });
  // A plan that is too small for all passengers may have dropped it: the passenger is listed when the exchange is done.
  if (plans.isOver(now)) return [];
  const kept = hold?.state === 'held' ? `${hold.tripId} ${(JSON.parse(hold.seats) as string[]).join(' ')}` : null;
  return compare('exchanges.pin', exchangeId, `${now.tripId} ${now.seat}`, kept);
}

async function ended(read: AgentReader, exchange: Exchange): Promise<Difference[]> {
  const { exchangeId, state, differenceFen, dueFen, holdId } = exchange;
  const { tickets, holds } = read.t;
  const { ticketNo, fareFen, insuranceFen } = JSON.parse(exchange.newTicket) as TicketBody;
  const isDone = state === 'done' || state === 'too-late';
  const [ticket] = await read.db.select().from(tickets).where(eq(tickets.ticketNo, ticketNo));
  const [hold] = await read.db.select().from(holds).where(eq(holds.holdId, holdId));
  const back = isDone ? Math.max(0, -differenceFen) : Math.max(0, differenceFen);
  const promised = back + (state === 'too-late' ? fareFen + insuranceFen : 0);
  const due = Math.max(0, promised - (await paidOut(read, exchange)));
  return [
    ...compare('exchanges.ticket', exchangeId, isDone ? ticketNo : null, ticket?.ticketNo ?? null),
    ...compare('exchanges.hold', exchangeId, 'ended', hold?.state === 'held' ? 'held' : 'ended'),
    ...compare('exchanges.due_fen', exchangeId, due, dueFen),
  ];
}

/** What drawers have given back for an exchange, by the facts that tell of it. */
async function paidOut({ db, t }: AgentReader, { exchangeId, oldTicketNo }: Exchange): Promise<number> {
  const { outbox } = t;
  const rows = await db
    .select({ fact: outbox.fact })
    .from(outbox)
    .where(and(eq(outbox.agg, oldTicketNo), eq(outbox.type, 'difference.moved'), sql`json_valid(${outbox.fact})`));
  let paid = 0;
  for (const { fact } of rows) {
    const read = EVENTS['difference.moved'].body.safeParse(JSON.parse(fact));
    if (read.success && read.data.exchangeId === exchangeId && read.data.amountFen < 0) paid -= read.data.amountFen;
  }
  return paid;
}

/** Pins have no clock: one whose exchange is gone would hold its seat for ever. */
async function pinsWithout({ db, t }: AgentReader): Promise<Difference[]> {
  const { holds, exchanges } = t;
  const living = db.select({ holdId: exchanges.holdId }).from(exchanges).where(eq(exchanges.state, 'pinned'));
  const rows = await db
    .select({ holdId: holds.holdId, tripId: holds.tripId })
    .from(holds)
    .where(and(eq(holds.state, 'held'), like(holds.caller, 'exchange/%'), sql`${holds.holdId} not in ${living}`));
  return rows.map(({ holdId, tripId }) => ({
    what: 'exchanges.row',
    where: `${tripId} ${holdId}`,
    expected: 'pinned',
    found: null,
  }));
}
