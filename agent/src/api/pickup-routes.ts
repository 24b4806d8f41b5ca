import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import type { PickupTries } from '@lianpiao/shared/people/pickup-tries';
import * as body from '@lianpiao/shared/protocol/ticketing';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { collectAnywhere, findPickupsAnywhere } from '../tickets/collect-anywhere.ts';
import { recentTickets } from '../tickets/query-tickets.ts';

/**
 * 取票: what counters, legacy software and kiosks may do alike. It is all that a kiosk may do: it stands in the hall, and
 * who takes its token out of it shall neither sell nor refund nor send a coach away. Wrong pickup codes are counted in `tries`.
 */
export function pickupRoutes(app: OpenAPIHono<ApiEnv>, desk: AgentDesk, tries: PickupTries): void {
  const { agent, clock } = desk;
  mount(
    app,
    {
      method: 'get',
      path: '/tickets',
      summary: '最近车票 last tickets of the caller',
      answer: z.array(body.ticketView),
    },
    async ({ c }) => done(await recentTickets(agent, c.get('caller'))),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/pickups/find',
      summary: '取票查询 tickets waiting for a document or pickup code',
      body: body.pickupProof,
      answer: z.array(body.ticketView),
    },
    ({ c, body }) => tries.look(c.get('caller').id, body, clock, () => findPickupsAnywhere(desk, body)),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/pickups',
      summary: '取票 hand out paper',
      keyed: true,
      body: body.pickupInput,
      answer: body.collected,
    },
    async ({ c, body }) => {
      const call = await callOf(c, c.get('caller'));
      if (!call.ok) return call;
      return tries.look(call.value.caller.id, body.proof, clock, () => collectAnywhere(desk, call.value, body));
    },
  );
}
