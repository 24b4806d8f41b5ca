import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Beat, Hello } from '@lianpiao/shared/protocol/messages';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { statement, value } from '@lianpiao/shared/store/statement';
import { eq, sql } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** What the hub knows of a station's link, in the row of the station. */
export type StationRecord = {
  readonly state: string;
  /** The machine that was enrolled; null before. */
  readonly installId: string | null;
  /** Grows with each welcome: what is said under a lower one is late and dropped. 0 before the first. */
  readonly lease: number;
  readonly incarnation: number;
};

const HUB_INCARNATION = 'link.hub-incarnation';
const dbIdKey = (station: string) => `link.db-id.${station}`;

export async function stationRecord(on: HubReader, station: string): Promise<StationRecord | undefined> {
  const { stations } = on.t;
  const [row] = await on.db
    .select({
      state: stations.state,
      installId: stations.installId,
      lease: stations.lease,
      incarnation: stations.incarnation,
    })
    .from(stations)
    .where(eq(stations.code, station));
  return row;
}

/** The database that the station came with first; undefined before. */
export function stationDbId(on: HubReader, station: string): Promise<string | undefined> {
  return metaOf(on, dbIdKey(station));
}

export async function keepAdmission(
  tx: HubTx,
  hello: Hello,
  lease: number,
  incarnation: number,
  now: EpochMs,
): Promise<void> {
  const { stations, meta } = tx.t;
  const { st: station, boot, agentVersion, dbId } = hello;
  await tx.db
    .insert(meta)
    .values({ key: dbIdKey(station), value: dbId })
    .onConflictDoNothing();
  await tx.db
    .update(stations)
    .set({ lease, incarnation, boot, agentVersion, fence: null, lastWordAt: now })
    .where(eq(stations.code, station));
}

export async function keepFence(tx: HubTx, station: string, fence: string): Promise<void> {
  const { stations } = tx.t;
  await tx.db.update(stations).set({ fence }).where(eq(stations.code, station));
}

/** When the station was last heard, and what its heartbeat says of its queue. */
export async function keepFreshness(
  tx: HubTx,
  station: string,
  fresh: { lastWordAt: number; queued: number; lagMs: number },
): Promise<void> {
  const { stations } = tx.t;
  await tx.db.update(stations).set(fresh).where(eq(stations.code, station));
}

/** The highest heads that the station has told, by lane. */
export async function toldHeads(on: HubReader, station: string): Promise<ReadonlyMap<string, number>> {
  const { stationHeads } = on.t;
  const rows = await on.db.select().from(stationHeads).where(eq(stationHeads.station, station));
  return new Map(rows.map(({ lane, head }) => [lane, head]));
}

/** A station begins a new life, and may have fewer events than it once told. */
export async function forgetHeads(tx: HubTx, station: string): Promise<void> {
  const { stationHeads } = tx.t;
  await tx.db.delete(stationHeads).where(eq(stationHeads.station, station));
}

const raise = statement((db, { stationHeads }: HubTables) => {
  const told = { head: value('head'), hash: value('hash'), at: value('now') };
  return db
    .insert(stationHeads)
    .values({ station: value('station'), lane: value('lane'), ...told })
    .onConflictDoUpdate({
      target: [stationHeads.station, stationHeads.lane],
      set: told as never,
      setWhere: sql`${stationHeads.head} <= ${value('head')}`,
    });
});

export async function keepHeads(tx: HubTx, station: string, heads: Beat['heads'], now: EpochMs): Promise<void> {
  for (const { lane, head, hash } of heads) await raise(tx, { station, lane, head, hash, now });
}

/** 1 until the hub is restored; a restored hub comes up with a higher one. */
export async function hubIncarnation(on: HubReader): Promise<number> {
  return Number((await metaOf(on, HUB_INCARNATION)) ?? 1);
}

export function keepHubIncarnation(tx: HubTx, incarnation: number): Promise<void> {
  return keepMeta(tx, HUB_INCARNATION, String(incarnation));
}
