import { EVENTS, type EventBody, type EventType } from '../protocol/events.ts';
import type { Reader } from '../store/store.ts';

/** Facts about the seats and tickets of a trip: what `inventory` rows are recomputed from. */
const TYPES = [
  'seat.granted',
  'trip.reseated',
  'trip.final',
  'hub-ticket.sold',
  'hub-ticket.seated',
  'hub-ticket.freed',
  'hub-ticket.collected',
  'ticket.freedSeen',
  'ticket.homed',
  'ticket.sold',
  'ticket.seated',
  'ticket.collected',
  'ticket.homeGiven',
  'ticket.voided',
  'ticket.refunded',
  'ticket.rebooked',
  'ticket.exchanged',
  'ticket.boarded',
  'ticket.unboarded',
  'ticket.forfeited',
  'trip.departed',
] as const satisfies readonly EventType[];

/** A fact that this party has said or applied. */
export type TripFact = {
  [Type in (typeof TYPES)[number]]: {
    readonly type: Type;
    readonly said: boolean;
    readonly peer: string;
    readonly seq: number;
    readonly fact: EventBody<Type>;
  };
}[(typeof TYPES)[number]];

const NAMES = TYPES.map((type) => `'${type}'`).join(', ');

/**
 * The streams are in the order in which things happened, and what happened to one trip lies all over them. So each event's
 * place is first sorted by trip into a temporary table, which the engine keeps in a file of its own where it is long.
 */
const INDEX = [
  'DROP TABLE IF EXISTS temp.fsck_facts',
  `CREATE TEMP TABLE fsck_facts (trip_id TEXT NOT NULL, said INTEGER NOT NULL, peer TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (trip_id, said, peer, lane, seq)) WITHOUT ROWID`,
  `INSERT OR IGNORE INTO temp.fsck_facts SELECT agg, 1, peer, lane, seq FROM outbox WHERE type IN (${NAMES})`,
  `INSERT OR IGNORE INTO temp.fsck_facts SELECT agg, 0, peer, lane, seq FROM inbox WHERE type IN (${NAMES}) AND state = 'done'`,
  ...['outbox', 'inbox'].map((box) => {
    const said = box === 'outbox' ? 1 : 0;
    const applied = said ? '' : "AND state = 'done'";
    return `INSERT OR IGNORE INTO temp.fsck_facts SELECT json_extract(fact, '$.newTicket.tripId'), ${said}, peer, lane, seq FROM ${box}
      WHERE type = 'ticket.rebooked' ${applied} AND json_valid(fact) AND json_extract(fact, '$.newTicket.tripId') IS NOT NULL`;
  }),
];

const OF_TRIPS = ['outbox', 'inbox'].map((box) => {
  const said = box === 'outbox' ? 1 : 0;
  return `SELECT DISTINCT f.said, f.peer, f.lane, f.seq, b.type, b.fact FROM temp.fsck_facts f
    JOIN ${box} b ON b.peer = f.peer AND b.lane = f.lane AND b.seq = f.seq
    WHERE f.trip_id IN (SELECT value FROM json_each(?)) AND f.said = ${said} ORDER BY f.peer, f.lane, f.seq`;
});

const TRIP_IDS = [
  ...['trips', 'seats', 'transfers', 'tickets', 'epoch_maps', 'temp.fsck_facts'].map((table) => ['trip_id', table]),
  ['target', 'epoch_maps'],
];

const NEXT_TRIP = `SELECT min(trip_id) FROM (${TRIP_IDS.map(
  ([column, table]) => `SELECT min(${column}) AS trip_id FROM ${table} WHERE ${column} > ?`,
).join(' UNION ALL ')})`;

export async function indexFacts<Tables>({ engine }: Reader<Tables>): Promise<void> {
  for (const text of INDEX) await engine.prepare(text).run([]);
}

export async function forgetIndex<Tables>({ engine }: Reader<Tables>): Promise<void> {
  await engine.prepare(INDEX[0]!).run([]);
}

/** Every trip that any row or fact speaks of, one after another. */
export async function* tripsOf<Tables>({ engine }: Reader<Tables>): AsyncGenerator<string, void, void> {
  const next = engine.prepare(NEXT_TRIP);
  for (let tripId: string | null = ''; ; ) {
    tripId = (await next.rows(TRIP_IDS.map(() => tripId)))[0]![0] as string | null;
    if (tripId === null) return;
    yield tripId;
  }
}

/** The facts of some trips, each stream in its order. One that is not readable is left out: its chain says so. */
export async function factsOf<Tables>({ engine }: Reader<Tables>, tripIds: readonly string[]): Promise<TripFact[]> {
  const facts: TripFact[] = [];
  for (const text of OF_TRIPS) {
    for (const [said, peer, , seq, type, body] of await engine.prepare(text).rows([JSON.stringify(tripIds)])) {
      const fact = bodyOf(type as TripFact['type'], body as string);
      if (fact !== undefined) facts.push({ said: said === 1, peer, seq, type, fact } as TripFact);
    }
  }
  return facts;
}

function bodyOf(type: TripFact['type'], text: string): unknown {
  try {
    const parsed = EVENTS[type].body.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
