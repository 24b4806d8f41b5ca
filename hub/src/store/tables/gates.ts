import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** What the hub has told gates along the line, what it has still to tell them, and what they have still to answer. */
export function gateTables({ table, text, int, bytes }: ColumnKit) {
  /** Facts of lane `seat` that a station's older program does not know, in their order: said when it is upgraded. */
  const unsaidFacts = table('unsaid_facts', {
    id: int('id').primaryKey(),
    station: text('station').notNull(),
    type: text('type').notNull(),
    agg: text('agg').notNull(),
    fact: text('fact').notNull(),
    at: int('at').notNull(),
    person: bytes('person'),
    personHash: text('person_hash'),
  });

  /** Ended tickets of which a gate was told and has not answered. `seq` and `fact` are what it was told on its seat stream. */
  const toldEnds = table('told_ends', {
    ticketNo: text('ticket_no').primaryKey(),
    gate: text('gate').notNull(),
    seq: int('seq').notNull(),
    fact: text('fact').notNull(),
    /** True (1) when its older program has acknowledged the fact, and can say no more. */
    acknowledged: int('acknowledged').notNull(),
  });

  /** Seat plans that a gate was told of, each once. */
  const toldPlans = table('told_plans', {
    station: text('station').notNull(),
    tripId: text('trip_id').notNull(),
    epoch: int('epoch').notNull(),
  });

  return { unsaidFacts, toldEnds, toldPlans };
}
