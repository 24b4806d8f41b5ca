import { type ColumnKit, sqliteKit } from '@lianpiao/shared/store/column-kit';
import { sharedTables } from '@lianpiao/shared/store/tables/shared';

/** What only a station keeps: people at its counters, number ranges, print jobs, and what its source could not deliver. */
function stationTables({ table, text, int, bytes }: ColumnKit) {
  const users = table('users', {
    user: text('user').primaryKey(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    passwordHash: text('password_hash').notNull(),
    failures: int('failures').notNull(),
    lockedUntil: int('locked_until'),
  });

  const sessions = table('sessions', {
    /** SM3 of the cookie: a copied database signs nobody in. */
    tokenHash: text('token_hash').primaryKey(),
    user: text('user').notNull(),
    counter: text('counter').notNull(),
    shiftId: text('shift_id').notNull(),
    expiresAt: int('expires_at').notNull(),
  });

  /** state: open, closed. */
  const shifts = table('shifts', {
    shiftId: text('shift_id').primaryKey(),
    user: text('user').notNull(),
    counter: text('counter').notNull(),
    state: text('state').notNull(),
    openedAt: int('opened_at').notNull(),
    closedAt: int('closed_at'),
    expectedFen: int('expected_fen'),
    countedFen: int('counted_fen'),
  });

  /** Cash in and out of a shift's drawer: sales +, payouts −. Its sum is what must be in the drawer. */
  const cashMoves = table('cash_moves', {
    id: int('id').primaryKey(),
    shiftId: text('shift_id').notNull(),
    what: text('what').notNull(),
    subject: text('subject').notNull(),
    amountFen: int('amount_fen').notNull(),
    at: int('at').notNull(),
  });

  /** Software and machines that call the adapter and kiosk interfaces. `tokenHash` is SM3 of the bearer token. */
  const callers = table('callers', {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    terminal: text('terminal').notNull(),
    tokenHash: text('token_hash').notNull(),
  });

  /** Serials leased by the hub to a terminal; `next` is the next to use. Never the same serial twice. */
  const numberRanges = table('number_ranges', {
    terminal: text('terminal').notNull(),
    first: int('first').notNull(),
    next: int('next').notNull(),
    last: int('last').notNull(),
  });

  const refundQuotes = table('refund_quotes', {
    quoteId: text('quote_id').primaryKey(),
    ticketNo: text('ticket_no').notNull(),
    refundFen: int('refund_fen').notNull(),
    feeFen: int('fee_fen').notNull(),
    reason: text('reason'),
    expiresAt: int('expires_at').notNull(),
    tier: text('tier').notNull(),
  });

  /**
   * Refunds of tickets that board at another gate, recorded when they were asked for, which fixes their tier. state: waiting
   * for that gate, ready to be paid, paid, contested (somebody rides on it).
   */
  const refundDues = table('refund_dues', {
    ticketNo: text('ticket_no').primaryKey(),
    orderId: text('order_id').notNull(),
    quoteId: text('quote_id').notNull(),
    payer: text('payer').notNull(),
    amountFen: int('amount_fen').notNull(),
    feeFen: int('fee_fen').notNull(),
    state: text('state').notNull(),
    /** Idempotency key of the call that was told to hand the money over. */
    paidKey: text('paid_key'),
    createdAt: int('created_at').notNull(),
    settledAt: int('settled_at'),
  });

  /** state: domain/print-job. `paper` is what another home handed out, sealed; this station's own paper is made when it is printed. */
  const printJobs = table('print_jobs', {
    jobId: text('job_id').primaryKey(),
    ticketNo: text('ticket_no').notNull(),
    printSeq: int('print_seq').notNull(),
    what: text('what').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    attempts: int('attempts').notNull(),
    processId: int('process_id').notNull(),
    terminal: text('terminal').notNull(),
    paper: bytes('paper'),
    madeAt: int('made_at').notNull(),
    changedAt: int('changed_at').notNull(),
  });

  /** Rows of a source that were set aside, with the reason, until the source delivers them right. */
  /** Trips that the timetable source has named. Without one that somebody has confirmed to be gone. */
  const sourceTrips = table('source_trips', {
    tripId: text('trip_id').primaryKey(),
    departsAt: int('departs_at').notNull(),
  });

  const setAside = table('set_aside', {
    id: int('id').primaryKey(),
    source: text('source').notNull(),
    file: text('file').notNull(),
    line: int('line'),
    field: text('field'),
    reason: text('reason').notNull(),
    text: text('text').notNull(),
    raw: text('raw'),
    at: int('at').notNull(),
  });

  /** Places that can be travelled to, with their pinyin as data. */
  const stops = table('stops', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    pinyin: text('pinyin').notNull(),
    initials: text('initials').notNull(),
  });

  /** Public keys that tickets are signed with, for the gate. */
  const ticketKeys = table('ticket_keys', {
    keyNo: int('key_no').primaryKey(),
    owner: text('owner').notNull(),
    publicKey: text('public_key').notNull(),
    revoked: int('revoked').notNull(),
  });

  /** Standing orders of the hub: seats of each trip of a line that it gets by itself. Line `*` is every line. */
  const allotments = table('allotments', {
    line: text('line').primaryKey(),
    seats: int('seats').notNull(),
    lowWater: int('low_water').notNull(),
  });

  /**
   * What of the standing orders a trip has been served: `seats` of its share, under the orders of that name and in that seat
   * plan. `dueAt`: when it is to be looked at again by itself.
   */
  const servedOrders = table('served_orders', {
    tripId: text('trip_id').primaryKey(),
    orders: text('orders').notNull(),
    epoch: int('epoch').notNull(),
    seats: int('seats').notNull(),
    dueAt: int('due_at'),
  });

  /** The machine's clocks against each other as they were last seen (domain/clock-rules): one row. */
  const clockReadings = table('clock_readings', {
    boot: text('boot').primaryKey(),
    gapMs: int('gap_ms').notNull(),
    leadMs: int('lead_ms'),
  });

  /** Why the station may not give seats away; no row, it may. cause: fence, continuity, clock. */
  const saleStops = table('sale_stops', {
    cause: text('cause').primaryKey(),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    since: int('since').notNull(),
  });

  /** Legs that were blocked after a restore, until a person releases them; they are in `blocked` of the seat too. */
  const uncertainSeats = table('uncertain_seats', {
    tripId: text('trip_id').notNull(),
    seat: text('seat').notNull(),
    legs: int('legs').notNull(),
    since: int('since').notNull(),
  });

  /**
   * 改签 of tickets whose home is elsewhere, coordinated here. state: pinned, done, refused, too-late. `newTicket` is JSON. `dueFen` is cash
   * that the passenger still has to get.
   */
  const exchanges = table('exchanges', {
    exchangeId: text('exchange_id').primaryKey(),
    oldTicketNo: text('old_ticket_no').notNull(),
    holdId: text('hold_id').notNull(),
    newTicket: text('new_ticket').notNull(),
    differenceFen: int('difference_fen').notNull(),
    notAfter: int('not_after').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    dueFen: int('due_fen').notNull(),
    beganAt: int('began_at').notNull(),
    endedAt: int('ended_at'),
  });

  /** What the station has of each of the hub's data sets. `comparedAt`: when its rows were last held against the hub's. */
  const refSets = table('ref_sets', {
    set: text('set_name').primaryKey(),
    version: int('version').notNull(),
    hash: text('hash').notNull(),
    comparedAt: int('compared_at').notNull(),
  });

  /** Rows of the sets as the hub wrote them, JSON text byte for byte; and those of a pull under way, null where a row is gone. */
  const refRows = table('ref_rows', {
    set: text('set_name').notNull(),
    key: text('row_key').notNull(),
    body: text('body').notNull(),
  });
  const refShadow = table('ref_shadow', {
    set: text('set_name').notNull(),
    key: text('row_key').notNull(),
    body: text('body'),
  });

  /** Boardings, payouts and the like of a station whose continuity is not proven, while its own lost events come back. */
  const unprovenEvents = table('unproven_events', {
    id: int('id').primaryKey(),
    lane: text('lane').notNull(),
    type: text('type').notNull(),
    tv: int('tv').notNull(),
    at: int('at').notNull(),
    agg: text('agg').notNull(),
    fact: text('fact').notNull(),
    person: bytes('person'),
    personHash: text('person_hash'),
  });

  /** Tickets whose home this station gave away and has back, because the gate's station could not take it. */
  const homesBack = table('homes_back', { ticketNo: text('ticket_no').primaryKey() });

  return {
    users,
    sessions,
    shifts,
    cashMoves,
    callers,
    numberRanges,
    refundQuotes,
    refundDues,
    printJobs,
    setAside,
    sourceTrips,
    stops,
    ticketKeys,
    allotments,
    servedOrders,
    clockReadings,
    refSets,
    refRows,
    refShadow,
    saleStops,
    uncertainSeats,
    exchanges,
    unprovenEvents,
    homesBack,
  };
}

export const agentTables = (kit: ColumnKit) => ({ ...sharedTables(kit), ...stationTables(kit) });
export type AgentTables = ReturnType<typeof agentTables>;
export const agentTablesOnSqlite = agentTables(sqliteKit);
