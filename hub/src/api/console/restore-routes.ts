import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { asc, count } from 'drizzle-orm';
import { z } from 'zod';
import { hubIncarnation } from '../../ingest/station-record.ts';
import { releaseSeats, releaseStation } from '../../restore/release-withheld.ts';
import { supersededBy } from '../../restore/superseded.ts';
import type { Console } from './console.ts';
import { permitted } from './session.ts';

const station = z.string().regex(/^\d{9}$/);
const tripId = z.string().max(48);
const seat = z.string().max(8);
/** Seats that one answer lists, the next ones follow when these are released. */
const SEATS_MAX = 500;

const state = z.object({
  hubIncarnation: z.int(),
  /** Incarnation of the hub that has taken this one's place; null where none has. */
  supersededBy: z.int().nullable(),
  /** Stations that were not heard since the restore. */
  awaited: z.array(z.object({ station, since: z.int(), saidHello: z.boolean() })),
  seats: z.array(z.object({ tripId, seat, legs: z.int(), why: z.enum(['frozen', 'uncertain']), since: z.int() })),
  seatsTotal: z.int(),
});

/** 恢复: what a restored hub waits for, and what a person releases. */
export function restoreRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    { method: 'get', path: '/restore', summary: '恢复状态 stations awaited and seats withheld', answer: state },
    async () => {
      const { db, t } = hub.store.read;
      const { restoreWaits: waits, withheldSeats: seats } = t;
      const [all] = await db.select({ seats: count() }).from(seats);
      const awaited = await db.select().from(waits).orderBy(asc(waits.station));
      const rows = await db.select().from(seats).orderBy(asc(seats.tripId), asc(seats.seat)).limit(SEATS_MAX);
      return done({
        hubIncarnation: await hubIncarnation(hub.store.read),
        supersededBy: (await supersededBy(hub.store.read)) ?? null,
        awaited: awaited.map(({ station, since, untilSeat }) => ({ station, since, saidHello: untilSeat !== null })),
        seats: rows.map((row) => ({ ...row, why: row.why as 'frozen' | 'uncertain' })),
        seatsTotal: all!.seats,
      });
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/restore/stations/release',
      summary: '不再等待某站 wait for a station no more; its seats become uncertain',
      body: z.object({ station }),
      answer: z.object({ station }),
    },
    async ({ c, body }) => {
      const may = permitted(c, 'restore.release');
      return may.ok ? releaseStation(hub.store, c.get('caller'), body.station, hub.clock.now()) : may;
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/restore/seats/release',
      summary: '解封座位 seats that a person answers for are on sale again',
      body: z.object({ tripId, seats: z.array(seat).min(1).max(80) }),
      answer: z.object({ tripId, seats: z.array(seat) }),
    },
    async ({ c, body }) => {
      const may = permitted(c, 'restore.release');
      return may.ok ? releaseSeats(hub.store, c.get('caller'), body, hub.clock.now()) : may;
    },
  );
}
