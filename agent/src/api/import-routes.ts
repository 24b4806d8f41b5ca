import type { OpenAPIHono } from '@hono/zod-openapi';
import { fareTable } from '@lianpiao/shared/domain/fare';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { tripBody } from '@lianpiao/shared/protocol/events';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { importTrips } from '../trips/import-trips.ts';

/** 数据同步 (F1.2): the legacy system sends its trips. A list is taken whole or refused whole, and may be sent again. */
export function importRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk): void {
  mount(
    app,
    {
      method: 'put',
      path: '/trips',
      summary: '班次导入 import trips of this station',
      body: z.array(tripBody).min(1).max(50),
      answer: z.object({ added: z.int(), changed: z.int(), same: z.int(), kept: z.array(z.string()) }),
    },
    async ({ body }) => {
      for (const { tripId, origin, fares, stops } of body) {
        if (origin !== agent.station.code) return refuse({ code: 'trip.other-origin', tripId, origin });
        const table = fareTable(fares, stops.length);
        if (!table.ok) return table;
      }
      return done(await importTrips(agent, body as unknown as Trip[], clock.now()));
    },
  );
}
