import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { and, asc, eq } from 'drizzle-orm';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import type { HomeWish } from './ask-home.ts';

export type Waiting = HubTables['waitingRequests']['$inferSelect'];

type Key = Pick<HomeWish, 'station' | 'id'>;

export async function findWaiting(
  { db, t }: Pick<HubReader, 'db' | 't'>,
  { station, id }: Key,
): Promise<Waiting | undefined> {
  const { waitingRequests: rows } = t;
  const [row] = await db
    .select()
    .from(rows)
    .where(and(eq(rows.station, station), eq(rows.id, id)));
  return row;
}

/** Records a wish once. False where its key was burnt meanwhile: the station has heard that it was never seen. */
export function recordWaiting(store: HubStore, wish: HomeWish, now: EpochMs): Promise<boolean> {
  const { station, id, kind, body } = wish;
  return store.transaction(async (tx) => {
    const { answers, waitingRequests } = tx.t;
    const same = and(eq(answers.caller, station), eq(answers.key, id), eq(answers.verb, 'burnt'));
    const [burnt] = await tx.db.select({ key: answers.key }).from(answers).where(same);
    if (burnt) return false;
    const row = { station, id, kind, body: JSON.stringify(body), state: 'waiting', refusal: null, since: now };
    await tx.db.insert(waitingRequests).values(row).onConflictDoNothing();
    return true;
  });
}

/** Wishes whose home has not arrived, the oldest first. */
export function waitingWishes({ db, t }: Pick<HubReader, 'db' | 't'>, limit: number): Promise<Waiting[]> {
  const { waitingRequests: rows } = t;
  return db.select().from(rows).where(eq(rows.state, 'waiting')).orderBy(asc(rows.since)).limit(limit);
}

/** Keeps that a wish was answered; a yes is kept by whoever said it, a no (`refusal`) here. */
export function keepAnswered(store: HubStore, { station, id }: Key, refusal: { readonly code: string } | null) {
  return store.transaction(async (tx) => {
    const { waitingRequests: rows } = tx.t;
    await tx.db
      .update(rows)
      .set({ state: 'answered', refusal: refusal && JSON.stringify(refusal) })
      .where(and(eq(rows.station, station), eq(rows.id, id)));
  });
}
