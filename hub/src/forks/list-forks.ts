import type { Lane } from '@lianpiao/shared/protocol/events';
import { and, asc, desc, eq, gt, min, sql } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/** Disputed rows of one answer; the next ones follow the last. */
const ROWS_MAX = 200;
const FORKS_MAX = 100;

/** Forks, the newest first, with what both sides said and where they part. */
export async function forksKept(on: HubReader) {
  const { forks } = on.t;
  const rows = await on.db.select().from(forks).orderBy(desc(forks.id)).limit(FORKS_MAX);
  return Promise.all(
    rows.map(async ({ theirs, ours, ...fork }) => ({
      ...fork,
      theirs: JSON.parse(theirs) as object,
      ours: JSON.parse(ours) as object,
      ...(await disputeOf(on, fork.id)),
    })),
  );
}

async function disputeOf({ db, t }: HubReader, fork: number) {
  const { disputedEvents: rows } = t;
  const lanes = await db
    .select({ lane: rows.lane, first: min(rows.seq), open: sql<number>`sum(${rows.state} = 'open')` })
    .from(rows)
    .where(eq(rows.fork, fork))
    .groupBy(rows.lane);
  const before = (lane: Lane) => {
    const first = lanes.find((each) => each.lane === lane)?.first;
    return first ? first - 1 : null;
  };
  const disputedOpen = lanes.reduce((sum, { open }) => sum + Number(open), 0);
  return { common: { seat: before('seat'), ev: before('ev') }, disputedOpen };
}

/** What stood in the history that was not picked, in the order of its lane. Passengers stay sealed. */
export async function disputedRows({ db, t }: HubReader, fork: number, { lane, after }: { lane: Lane; after: number }) {
  const { disputedEvents: rows } = t;
  const { seq, station, type, at, agg, fact, hash, state, note, settledAt } = rows;
  const found = await db
    .select({ seq, station, type, at, agg, fact, hash, state, note, settledAt })
    .from(rows)
    .where(and(eq(rows.fork, fork), eq(rows.lane, lane), gt(seq, after)))
    .orderBy(asc(seq))
    .limit(ROWS_MAX);
  return found.map((row) => ({ ...row, fork, lane, fact: JSON.parse(row.fact) as object }));
}
