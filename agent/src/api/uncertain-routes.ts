import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { listUncertain } from '../seats/list-uncertain.ts';
import { releaseUncertain } from '../seats/release-uncertain.ts';

const tripId = z.string().max(48);
const seat = z.string().max(8);

/** Seats that were blocked after a restore, and their release by a person at the counter. */
export function uncertainRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk): void {
  mount(
    app,
    {
      method: 'get',
      path: '/uncertain-seats',
      summary: '恢复后封存的座位',
      answer: z.array(
        z.object({
          tripId,
          tripNo: z.string(),
          serviceDate: z.string(),
          departsAt: z.int(),
          seat,
          legs: z.int(),
          since: z.int(),
        }),
      ),
    },
    async () => done(await listUncertain(agent)),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/uncertain-seats/release',
      summary: '解封座位',
      body: z.object({ tripId, seats: z.array(seat).min(1).max(80) }),
      answer: z.object({ tripId, seats: z.array(seat) }),
    },
    async ({ c, body }) => {
      const call = await callOf(c, c.get('caller'));
      return call.ok ? releaseUncertain(agent, call.value, body, clock.now()) : call;
    },
  );
}
