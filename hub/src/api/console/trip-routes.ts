import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { findTrip, tripOf } from '@lianpiao/shared/store/trips/trip-rows';
import { and, count, eq, or, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { z } from 'zod';
import type { HubReader } from '../../store/hub-store.ts';
import { tripDetail, tripPage, tripQuery } from './bodies.ts';
import { CONSOLE_ZONE, type Console } from './console.ts';
import { behind, inOrder, type Mark, markOf, pageOf, startPattern } from './paging.ts';
import { tripDetailOf } from './trip-detail.ts';
import { picturesOf } from './trip-pictures.ts';
import { stationNames, tripRowOf } from './trip-row.ts';

/** Trips with their seats by owner: the list of a day, and one trip seat by seat and leg by leg. */
export function tripRoutes(app: OpenAPIHono<ApiEnv>, { hub, link }: Console): void {
  const { read } = hub.store;
  mount(
    app,
    {
      method: 'get',
      path: '/trips',
      summary: '班次与座位 trips of a day with seats by owner',
      query: tripQuery,
      answer: tripPage,
    },
    async ({ query }) => {
      const mark = markOf(query.after);
      if (!mark.ok) return mark;
      const date = query.date ?? serviceDateOf(hub.clock.now(), CONSOLE_ZONE);
      return done(await tripsOfDay(read, { ...query, date, mark: mark.value }));
    },
  );
  mount(
    app,
    {
      method: 'get',
      path: '/trips/{tripId}',
      summary: '班次座位图 one trip, seat by seat and leg by leg',
      params: z.object({ tripId: z.string().max(40) }),
      answer: tripDetail,
    },
    async ({ params }) => {
      const trip = await findTrip(read, params.tripId);
      if (!trip) return refuse({ code: 'trip.unknown', tripId: params.tripId });
      const heard = link.freshness().find(({ station }) => station === trip.origin)?.lastWordAt ?? null;
      return done(await tripDetailOf(hub, trip, heard, hub.clock.now()));
    },
  );
}

type DayQuery = {
  readonly date: string;
  readonly station?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
  readonly mark: Mark | undefined;
};

async function tripsOfDay(on: HubReader, { date, station, q, limit, mark }: DayQuery) {
  const { db, t } = on;
  const { trips } = t;
  const asked = and(
    eq(trips.serviceDate, date),
    station ? eq(trips.origin, station) : undefined,
    q ? or(sql`${trips.tripNo} like ${startPattern(q)} escape '\\'`, callsAt(trips.stops, q)) : undefined,
  );
  const [all] = await db.select({ trips: count() }).from(trips).where(asked);
  const rows = await db
    .select()
    .from(trips)
    .where(and(asked, behind(mark, trips.departsAt, trips.tripId, 'up')))
    .orderBy(...inOrder(trips.departsAt, trips.tripId, 'up'))
    .limit(limit + 1);
  const shown = rows.slice(0, limit).map(tripOf);
  const pictures = await picturesOf(on, shown);
  const names = await stationNames(on, shown);
  const made = shown.map((trip) => tripRowOf(trip, pictures.get(trip.tripId)!, names.get(trip.origin)));
  return pageOf(rows, limit, all!.trips, ({ departsAt, tripId }) => ({ at: departsAt, id: tripId }), made);
}

/** Trips that call at a stop whose name begins so. Stops stand in the JSON of the trip. */
function callsAt(stops: SQLiteColumn, q: string): SQL {
  return sql`exists (select 1 from json_each(${stops}) where json_extract(value, '$.name') like ${startPattern(q)} escape '\\')`;
}
