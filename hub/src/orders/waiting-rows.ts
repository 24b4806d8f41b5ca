import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerUnder } from '@lianpiao/shared/store/burn-key';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, asc, eq } from 'drizzle-orm';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import type { HomeWish } from './ask-home.ts';

export type Waiting = HubTables['waitingRequests']['$inferSelect'];

type Key = Pick<HomeWish, 'station' | 'id'>;

const byKey = statement((db, { waitingRequests: rows }: HubTables) =>
  db
    .select()
    .from(rows)
    .where(and(eq(rows.station, value('station')), eq(rows.id, value('id')))),
);

const waiting = statement((db, { waitingRequests: rows }: HubTables) =>
  db.select().from(rows).where(eq(rows.state, 'waiting')).orderBy(asc(rows.since)).limit(value('limit')),
);

export async function findWaiting(on: HubReader, { station, id }: Key): Promise<Waiting | undefined> {
  return (await byKey(on, { station, id }))[0];
}

/** Records a wish once. False where its key was burnt meanwhile: the station has heard that it was never seen. */
export function recordWaiting(store: HubStore, wish: HomeWish, now: EpochMs): Promise<boolean> {
  const { station, id, kind, body } = wish;
  return store.transaction(async (tx) => {
    const { waitingRequests } = tx.t;
    if ((await answerUnder(tx, { caller: station, key: id })) === 'burnt') return false;
    const row = { station, id, kind, body: JSON.stringify(body), state: 'waiting', refusal: null, since: now };
    await tx.db.insert(waitingRequests).values(row).onConflictDoNothing();
    return true;
  });
}

/** Wishes whose home has not arrived, the oldest first. */
export function waitingWishes(on: HubReader, limit: number): Promise<Waiting[]> {
  return waiting(on, { limit });
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
