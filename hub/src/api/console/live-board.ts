import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { and, asc, count, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { StationFreshness } from '../../ingest/station-news.ts';
import type { HubReader } from '../../store/hub-store.ts';
import type { HubTables } from '../../store/tables.ts';
import type { Board, StationRow } from './bodies.ts';
import { CONSOLE_ZONE, type Console } from './console.ts';
import { keptAnswer } from './kept-answer.ts';

type Station = HubTables['stations']['$inferSelect'];

/** A station's last word may be so old before the board says late, in ms. */
const LATE_MS = 20_000;
/** Key data is with the hub within 2 minutes: a queue that is older than that is late too. */
const LAG_MAX_MS = 120_000;
/** Trips and sales are counted at most so often. */
const COUNT_MS_MIN = 2_000;

type Counts = {
  readonly countedAt: EpochMs;
  readonly trips: ReadonlyMap<string, number>;
  readonly sold: ReadonlyMap<string, { readonly tickets: number; readonly fen: number }>;
};

/** The live board of all stations. Link states are of this moment; trips and sales are counted every few seconds for all who look. */
export function liveBoard({ hub, link }: Console): (now: EpochMs) => Promise<Board> {
  const countedAgain = keptAnswer(COUNT_MS_MIN, (now) => countToday(hub.store.read, now));
  return async (now) => {
    const { read } = hub.store;
    const fresh = new Map(link.freshness().map((each) => [each.station, each]));
    const counts = await countedAgain(now);
    const [parked, lags] = [await parkedByStation(read), await lagByStation(read)];
    const stations = await read.db.select().from(read.t.stations).orderBy(asc(read.t.stations.code));
    const rows = stations.map((row): StationRow => {
      const { code, name, grade } = row;
      const sold = counts.sold.get(code);
      return {
        code,
        name,
        grade,
        state: row.state as StationRow['state'],
        ...linkOf(row, fresh.get(code), now),
        lagEvents: lags.get(code) ?? 0,
        parked: parked.get(code) ?? 0,
        tripsToday: counts.trips.get(code) ?? 0,
        soldToday: sold?.tickets ?? 0,
        soldTodayFen: sold?.fen ?? 0,
      };
    });
    const codes = new Set(rows.map(({ code }) => code));
    const elsewhere = [...counts.sold].filter(([seller]) => !codes.has(seller)).map(([, sold]) => sold);
    return {
      now,
      countedAt: counts.countedAt,
      stations: rows,
      hubSoldToday: elsewhere.reduce((sum, { tickets }) => sum + tickets, 0),
      hubSoldTodayFen: elsewhere.reduce((sum, { fen }) => sum + fen, 0),
      openAlarms: await openAlarms(read),
    };
  };
}

/** How the link with a station is: what was heard since the start, else what the last life of the hub wrote down. */
function linkOf(row: Station, fresh: StationFreshness | undefined, now: EpochMs) {
  const stopped = fresh ? fresh.stopped : row.fence;
  const lastWordAt = fresh?.lastWordAt ?? row.lastWordAt;
  const queued = fresh?.queuedThere ?? row.queued;
  const lagMs = fresh?.lagMs ?? null;
  const silent = lastWordAt === null || now - lastWordAt > LATE_MS;
  const behind = queued > 0 && lagMs !== null && lagMs > LAG_MAX_MS;
  const link: StationRow['link'] =
    stopped !== null
      ? 'stopped'
      : lastWordAt === null
        ? 'never'
        : !fresh?.online
          ? 'offline'
          : silent || behind
            ? 'late'
            : 'online';
  return {
    link,
    lastWordAt,
    lagMs,
    queued,
    queuedHere: fresh?.queuedHere ?? 0,
    clockOffsetMs: fresh?.clockOffsetMs ?? null,
    agentVersion: fresh?.agentVersion ?? row.agentVersion,
    upMs: fresh?.upMs ?? null,
    bytesPerSecond: fresh?.bytesPerSecond ?? null,
    stopped,
  };
}

async function countToday({ db, t }: HubReader, now: EpochMs): Promise<Counts> {
  const today = serviceDateOf(now, CONSOLE_ZONE);
  const trips = await db
    .select({ origin: t.trips.origin, trips: count() })
    .from(t.trips)
    .where(eq(t.trips.serviceDate, today))
    .groupBy(t.trips.origin);
  const sold = await db
    .select({ seller: t.tickets.seller, tickets: count(), fen: sql<number>`sum(${t.tickets.fareFen})` })
    .from(t.tickets)
    .where(eq(t.tickets.bizDate, today))
    .groupBy(t.tickets.seller);
  return {
    countedAt: now,
    trips: new Map(trips.map((row) => [row.origin, row.trips])),
    sold: new Map(sold.map(({ seller, tickets, fen }) => [seller, { tickets, fen }])),
  };
}

async function parkedByStation({ db, t }: HubReader): Promise<Map<string, number>> {
  const rows = await db
    .select({ peer: t.inbox.peer, queues: count() })
    .from(t.inbox)
    .where(inArray(t.inbox.state, ['parked']))
    .groupBy(t.inbox.peer);
  return new Map(rows.map(({ peer, queues }) => [peer, queues]));
}

/** Events that a station has told of and that have not arrived, over both lanes. */
async function lagByStation({ db, t }: HubReader): Promise<Map<string, number>> {
  const rows = await db
    .select({
      station: t.stationHeads.station,
      lag: sql<number>`sum(max(0, ${t.stationHeads.head} - coalesce(${t.streamIn.ack}, 0)))`,
    })
    .from(t.stationHeads)
    .leftJoin(t.streamIn, and(eq(t.streamIn.peer, t.stationHeads.station), eq(t.streamIn.lane, t.stationHeads.lane)))
    .groupBy(t.stationHeads.station);
  return new Map(rows.map(({ station, lag }) => [station, lag]));
}

async function openAlarms({ db, t }: HubReader): Promise<number> {
  const [row] = await db.select({ open: count() }).from(t.alarms).where(isNull(t.alarms.closedAt));
  return row!.open;
}
