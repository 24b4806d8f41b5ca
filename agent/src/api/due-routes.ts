import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { openDues } from '../tickets/refund-dues.ts';

const due = z.object({
  ticketNo: z.string(),
  payer: z.string(),
  amountFen: z.int(),
  feeFen: z.int(),
  /** `waiting` for the gate elsewhere, `ready` to be paid by confirming the quote again, `contested`: a person has to look. */
  state: z.enum(['waiting', 'ready', 'contested']),
  /** When the refund was asked for, which fixes its tier. */
  createdAt: z.int(),
});

/** Refunds that wait for the gate which boards the ticket. */
export function dueRoutes(app: OpenAPIHono<ApiEnv>, { agent }: AgentDesk): void {
  mount(
    app,
    { method: 'get', path: '/refund-dues', summary: '待付退款 refunds that wait to be paid', answer: z.array(due) },
    async () => done((await openDues(agent)) as z.infer<typeof due>[]),
  );
}
