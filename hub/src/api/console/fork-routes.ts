import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import { disputedRows, forksKept } from '../../forks/list-forks.ts';
import { pickSide } from '../../forks/pick-side.ts';
import { settleDisputed } from '../../forks/settle-disputed.ts';
import type { Console } from './console.ts';
import { permitted } from './session.ts';

const station = z.string().regex(/^\d{9}$/);
const lane = z.enum(['seat', 'ev']);
const rowState = z.enum(['open', 'settled']);
const keep = z.enum(['hub', 'station']);
const at = z.int().nullable();
/** Heads and hashes of both lanes and both ways, as hello tells them. */
const history = z.looseObject({});

const fork = z.object({
  id: z.int(),
  station,
  foundAt: z.int(),
  detail: z.string(),
  state: z.enum(['open', 'picked', 'over']),
  pickedAt: at,
  endedAt: at,
  theirs: history,
  ours: history,
  /** Last row that both have, by lane: known of a lane whose disputed rows have come. */
  common: z.object({ seat: z.int().nullable(), ev: z.int().nullable() }),
  disputedOpen: z.int(),
});

const disputed = z.object({
  fork: z.int(),
  lane,
  seq: z.int(),
  station,
  type: z.string(),
  at: z.int(),
  agg: z.string(),
  fact: z.looseObject({}),
  hash: z.string(),
  state: rowState,
  note: z.string().nullable(),
  settledAt: at,
});

/** 分叉: two histories of one station, which of them goes on, and what only the other one has. */
export function forkRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    { method: 'get', path: '/forks', summary: '分叉 two histories of a station', answer: z.array(fork) },
    async () => done((await forksKept(hub.store.read)) as z.infer<typeof fork>[]),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/forks/{station}/pick',
      summary: '选定历史 the history that goes on; saying it again changes nothing',
      params: z.object({ station }),
      body: z.object({ keep }),
      answer: z.object({ station, fork: z.int(), keep }),
    },
    async ({ c, params, body }) => {
      const may = permitted(c, 'restore.release');
      return may.ok ? pickSide(hub.store, c.get('caller'), params.station, body.keep, hub.clock.now()) : may;
    },
  );
  mount(
    app,
    {
      method: 'get',
      path: '/forks/{id}/disputed',
      summary: '争议业务 what only the history has that was not picked, in order',
      params: z.object({ id: z.coerce.number().int().min(1) }),
      query: z.object({ lane: lane.default('ev'), after: z.coerce.number().int().min(0).default(0) }),
      answer: z.array(disputed),
    },
    async ({ params: { id }, query }) =>
      done((await disputedRows(hub.store.read, id, query)) as z.infer<typeof disputed>[]),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/forks/disputed/settle',
      summary: '争议业务已处理 a person has dealt with a row, and says how',
      body: z.object({ fork: z.int().min(1), lane, seq: z.int().min(1), note: z.string().min(1).max(200) }),
      answer: z.object({ fork: z.int(), lane, seq: z.int() }),
    },
    async ({ c, body: { note, ...row } }) => {
      const may = permitted(c, 'restore.release');
      return may.ok ? settleDisputed(hub.store, c.get('caller'), row, note, hub.clock.now()) : may;
    },
  );
}
