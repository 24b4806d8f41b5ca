import type { OpenAPIHono } from '@hono/zod-openapi';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { paperReport } from '@lianpiao/shared/protocol/paper-report';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { noteKioskPaper } from '../printing/note-kiosk-paper.ts';

/** A kiosk tells what became of the papers that it was given. */
export function paperReportRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk): void {
  const answer = z.object({ ticketNo: z.string(), outcome: z.string() });
  const route = {
    method: 'post',
    path: '/paper-reports',
    summary: '自助机出纸回报',
    keyed: true,
    body: paperReport,
    answer,
  } as const;
  mount(app, route, async ({ c, body }) => {
    const call = await callOf(c, c.get('caller'));
    return call.ok ? noteKioskPaper(agent, call.value, body, clock.now()) : call;
  });
}
