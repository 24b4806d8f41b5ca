import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { ticketView } from '@lianpiao/shared/protocol/ticketing';
import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import { z } from 'zod';
import { seatPassenger } from '../../overflow/seat-passenger.ts';
import type { Console } from './console.ts';
import { permitted } from './session.ts';

const seat = z.string().regex(/^[A-Za-z0-9-]{1,8}$/);

/** 无座旅客: who lost a seat to a new seat plan, and a seat of the hub for one of its own passengers. */
export function overflowRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    {
      method: 'get',
      path: '/overflow',
      summary: '无座旅客 passengers who lost their seat to a new seat plan',
      answer: z.array(z.object({ since: z.int(), ticket: ticketView })),
    },
    async () => done(await listOverflow(hub)),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/overflow/{ticketNo}/seat',
      summary: '补座 a free seat of the hub for such a passenger',
      params: z.object({ ticketNo: z.string().max(20) }),
      body: z.object({ seat: seat.optional() }),
      answer: z.object({ ticketNo: z.string(), tripId: z.string(), seat }),
    },
    async ({ c, params, body }) => {
      const may = permitted(c, 'passengers.seat');
      return may.ok ? seatPassenger(hub, c.get('caller'), { ...params, ...body }, hub.clock.now()) : may;
    },
  );
}
