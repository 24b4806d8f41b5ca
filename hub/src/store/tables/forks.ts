import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** Two histories of one station that have grown from one copy. */
export function forkTables({ table, text, int, bytes }: ColumnKit) {
  /**
   * `theirs` is JSON of what the station's copy said of itself, `ours` of the hub's positions then. state: open, until a person
   * picks; picked, while the station gives its history up; over. At most one a station that is not over.
   */
  const forks = table('forks', {
    id: int('id').primaryKey(),
    station: text('station').notNull(),
    foundAt: int('found_at').notNull(),
    detail: text('detail').notNull(),
    theirs: text('theirs').notNull(),
    ours: text('ours').notNull(),
    state: text('state').notNull(),
    pickedAt: int('picked_at'),
    endedAt: int('ended_at'),
  });

  /** What stood in the history that was not picked. Never applied to a seat, a ticket or a book. state: open, settled by a person. */
  const disputedEvents = table('disputed_events', {
    fork: int('fork').notNull(),
    lane: text('lane').notNull(),
    seq: int('seq').notNull(),
    station: text('station').notNull(),
    type: text('type').notNull(),
    tv: int('tv').notNull(),
    at: int('at').notNull(),
    agg: text('agg').notNull(),
    fact: text('fact').notNull(),
    person: bytes('person'),
    personHash: text('person_hash'),
    hash: text('hash').notNull(),
    state: text('state').notNull(),
    note: text('note'),
    settledAt: int('settled_at'),
  });

  return { forks, disputedEvents };
}
