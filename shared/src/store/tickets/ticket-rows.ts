import { and, eq, inArray, sql } from 'drizzle-orm';
import type { TicketState } from '../../domain/ticket.ts';
import type { TicketBody } from '../../protocol/events.ts';
import { given, namesOf, statement, statements, value } from '../statement.ts';
import type { Reader, Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

export type TicketRow = SharedTables['tickets']['$inferSelect'];

const byNo = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.tickets)
    .where(eq(t.tickets.ticketNo, value('ticketNo'))),
);

export async function findTicket(on: Reader<SharedTables>, ticketNo: string): Promise<TicketRow | undefined> {
  const [row] = await byNo(on, { ticketNo });
  return row;
}

const insert = statement((db, t: SharedTables) =>
  db.insert(t.tickets).values({
    ticketNo: value('ticketNo'),
    orderId: value('orderId'),
    tripId: value('tripId'),
    epoch: value('epoch'),
    seat: value('seat'),
    legs: value('legs'),
    fromStop: value('from'),
    toStop: value('to'),
    fareType: value('fareType'),
    fareFen: value('fareFen'),
    insuranceFen: value('insuranceFen'),
    payMethod: value('payMethod'),
    channel: value('channel'),
    seller: value('seller'),
    terminal: value('terminal'),
    clerk: value('clerk'),
    shiftId: value('shiftId'),
    rules: value('rules'),
    state: 'sold',
    home: value('home'),
    soldAt: value('soldAt'),
    bizDate: value('bizDate'),
    printSeq: value('printSeq'),
    rebookedFrom: value('rebookedFrom'),
    person: value('person'),
    personKey: value('personKey'),
  }),
);

/** The passenger of a ticket as the row keeps them. */
export type TicketPerson = { readonly sealed: Uint8Array; readonly key: string };

/** Writes a ticket that was just sold. */
export async function insertTicket(
  tx: Tx<SharedTables>,
  ticket: TicketBody,
  person: TicketPerson | null,
  rebookedFrom: string | null = null,
): Promise<void> {
  await insert(tx, {
    ...ticket,
    rebookedFrom,
    person: person ? Buffer.from(person.sealed) : null,
    personKey: person?.key ?? null,
  });
}

const ofOrder = statement((db, { tickets }: SharedTables) =>
  db
    .select()
    .from(tickets)
    .where(eq(tickets.orderId, value('orderId'))),
);

/** The tickets of an order that this party knows. */
export function ticketsOfOrder(on: Reader<SharedTables>, orderId: string): Promise<TicketRow[]> {
  return ofOrder(on, { orderId });
}

type Changes = Partial<Pick<TicketRow, 'boardedAt' | 'endedAt' | 'printSeq' | 'stateBefore' | 'home'>>;

const moves = statements((from: readonly TicketState[], to: TicketState, columns: readonly (keyof Changes)[]) =>
  statement((db, { tickets }: SharedTables) =>
    db
      .update(tickets)
      .set({ state: to, ...given<Changes>(columns) })
      .where(and(eq(tickets.ticketNo, value('ticketNo')), inArray(tickets.state, [...from])))
      .returning(),
  ),
);

/**
 * Moves a ticket from one of the states `from` to `to`, if it is there: the condition stands in the WHERE clause.
 * `changes` are other columns that change with it. Returns the changed row.
 */
export async function moveTicket(
  tx: Tx<SharedTables>,
  ticketNo: string,
  from: readonly TicketState[],
  to: TicketState,
  changes: Changes = {},
): Promise<TicketRow | undefined> {
  const [row] = await moves(from, to, namesOf(changes))(tx, { ticketNo, ...changes });
  return row;
}

const livePersons = statement((db, t: SharedTables) =>
  db
    .select({
      ticketNo: t.tickets.ticketNo,
      tripId: t.tickets.tripId,
      fromStop: t.tickets.fromStop,
      toStop: t.tickets.toStop,
    })
    .from(t.tickets)
    .where(
      and(eq(t.tickets.personKey, value('personKey')), sql`${t.tickets.state} in ('sold', 'collected', 'boarded')`),
    ),
);

/** Live rides of one document: one document buys one ticket per overlapping trip. */
export function liveRidesOf(
  on: Reader<SharedTables>,
  personKey: string,
): Promise<{ ticketNo: string; tripId: string; fromStop: number; toStop: number }[]> {
  return livePersons(on, { personKey });
}

/** The facts of a row as they travel. */
export function bodyOf(row: TicketRow): TicketBody {
  return {
    ticketNo: row.ticketNo,
    orderId: row.orderId,
    tripId: row.tripId,
    epoch: row.epoch,
    seat: row.seat,
    legs: row.legs,
    from: row.fromStop,
    to: row.toStop,
    fareType: row.fareType as TicketBody['fareType'],
    fareFen: row.fareFen,
    insuranceFen: row.insuranceFen,
    payMethod: row.payMethod as TicketBody['payMethod'],
    channel: row.channel as TicketBody['channel'],
    seller: row.seller,
    terminal: row.terminal,
    clerk: row.clerk,
    shiftId: row.shiftId,
    rules: row.rules,
    soldAt: row.soldAt,
    bizDate: row.bizDate,
    home: row.home,
    printSeq: row.printSeq,
  };
}
