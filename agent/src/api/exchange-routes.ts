import type { OpenAPIHono } from '@hono/zod-openapi';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { openExchanges } from '../exchange/exchange-rows.ts';
import { settleExchange } from '../exchange/settle-exchange.ts';

/** Rebookings of other homes' tickets that still wait for the home, or for a passenger who has money to get. */
export function exchangeRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk): void {
  mount(
    app,
    {
      method: 'get',
      path: '/exchanges',
      summary: '未了结的改签',
      answer: z.array(
        z.object({
          exchangeId: z.string(),
          oldTicketNo: z.string(),
          newTicketNo: z.string().nullable(),
          tripId: z.string(),
          seat: z.string(),
          state: z.string(),
          reason: z.string().nullable(),
          dueFen: z.int(),
          beganAt: z.int(),
        }),
      ),
    },
    () => openExchanges(agent.store.read),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/exchanges/{exchangeId}/settle',
      summary: '支付改签应退款',
      keyed: true,
      params: z.object({ exchangeId: z.string().max(64) }),
      body: z.object({}),
      answer: z.object({ exchangeId: z.string(), paidFen: z.int() }),
    },
    async ({ c, params }) => {
      const call = await callOf(c, c.get('caller'));
      return call.ok ? settleExchange(agent, call.value, params.exchangeId, clock.now()) : call;
    },
  );
}
