import { asc, like, or } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

export type FoundStop = {
  readonly code: string;
  readonly name: string;
  readonly pinyin: string;
  readonly station: string | null;
};

const STOPS_MAX = 20;

/** Places that coaches call at, by part of the name, beginning of the pinyin, or code. */
export async function findStops(on: HubReader, q: string): Promise<FoundStop[]> {
  const { stops } = on.t;
  const text = q.trim().replace(/[%_\\]/g, '');
  if (text === '') return [];
  const fits = or(
    like(stops.name, `%${text}%`),
    like(stops.pinyin, `${text.toLowerCase()}%`),
    like(stops.code, `${text}%`),
  );
  return on.db.select().from(stops).where(fits).orderBy(asc(stops.name), asc(stops.code)).limit(STOPS_MAX);
}
