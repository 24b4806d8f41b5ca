import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { languageOf } from '@lianpiao/shared/http/problem';
import { problemWords } from '@lianpiao/shared/http/problem-words';
import { audit } from '@lianpiao/shared/store/audit';
import { and, count, eq, inArray } from 'drizzle-orm';
import { setShare } from '../../gates/set-share.ts';
import { expectStation } from '../../stations/expect-station.ts';
import { retireStation } from '../../stations/retire-station.ts';
import type { HubReader } from '../../store/hub-store.ts';
import {
  board,
  boardingShare,
  type ParkedRow,
  pageQuery,
  parkedPage,
  replayInput,
  retiredStation,
  retireInput,
  stationInput,
  stationToken,
} from './bodies.ts';
import type { Console } from './console.ts';
import { liveBoard } from './live-board.ts';
import { behind, inOrder, markOf, pageOf } from './paging.ts';
import { permitted } from './session.ts';

/** Stations: the live board, making one, and the queues of theirs that wait for a person. */
export function stationRoutes(app: OpenAPIHono<ApiEnv>, console: Console): void {
  const { hub, link } = console;
  const boardAt = liveBoard(console);
  mount(
    app,
    { method: 'get', path: '/stations', summary: '站点板 live board of all stations', answer: board },
    async () => done(await boardAt(hub.clock.now())),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/stations',
      summary: '新建车站 make a station; its one-time token is shown once',
      body: stationInput,
      answer: stationToken,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'stations.add');
      return may.ok ? expectStation(hub.store, c.get('caller'), body, hub.clock.now()) : may;
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/stations/retire',
      summary: '撤站 take a stopped station out of the network; the homes of its tickets pass to the hub',
      body: retireInput,
      answer: retiredStation,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'stations.add');
      return may.ok ? retireStation(hub.store, c.get('caller'), body.code, hub.clock.now()) : may;
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/boarding-shares',
      summary: '配客点座位 seats of each trip that a boarding point gets from its stop on',
      body: boardingShare,
      answer: boardingShare,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'stations.add');
      return may.ok ? setShare(hub.store, c.get('caller'), body, hub.clock.now()) : may;
    },
  );
  mount(
    app,
    {
      method: 'get',
      path: '/parked',
      summary: '隔离队列 queues that wait for a person',
      query: pageQuery,
      answer: parkedPage,
    },
    async ({ c, query }) => {
      const mark = markOf(query.after);
      return mark.ok ? done(await parkedQueues(hub.store.read, { ...query, mark: mark.value }, languageOf(c))) : mark;
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/parked/replay',
      summary: '重新处理 take a parked queue up again',
      body: replayInput,
      answer: replayInput,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'queues.replay');
      if (!may.ok) return may;
      const subject = `${body.station} ${body.agg}`;
      await hub.store.transaction((tx) => audit(tx, c.get('caller'), 'queue.replayed', subject, hub.clock.now()));
      await link.replay(body.station, body.agg);
      return done(body);
    },
  );
}

type Asked = { readonly limit: number; readonly mark: Parameters<typeof behind>[0] };

async function parkedQueues({ db, t }: HubReader, { limit, mark }: Asked, language: 'zh' | 'en') {
  const parked = eq(t.inbox.state, 'parked');
  const heads = await db
    .select({
      station: t.inbox.peer,
      stationName: t.stations.name,
      agg: t.inbox.agg,
      seq: t.inbox.seq,
      type: t.inbox.type,
      reason: t.inbox.reason,
      since: t.inbox.at,
    })
    .from(t.inbox)
    .leftJoin(t.stations, eq(t.stations.code, t.inbox.peer))
    .where(and(parked, behind(mark, t.inbox.at, t.inbox.agg, 'up')))
    .orderBy(...inOrder(t.inbox.at, t.inbox.agg, 'up'))
    .limit(limit + 1);
  const [all] = await db.select({ queues: count() }).from(t.inbox).where(parked);
  const behindThem = await db
    .select({ peer: t.inbox.peer, agg: t.inbox.agg, rows: count() })
    .from(t.inbox)
    .where(
      and(
        eq(t.inbox.state, 'waiting'),
        inArray(
          t.inbox.agg,
          heads.map(({ agg }) => agg),
        ),
      ),
    )
    .groupBy(t.inbox.peer, t.inbox.agg);
  const rows = heads.map(({ reason, stationName, ...head }): ParkedRow => {
    const [code = ''] = (reason ?? '').split(':', 1);
    const waiting = behindThem.find(({ peer, agg }) => peer === head.station && agg === head.agg)?.rows ?? 0;
    return {
      ...head,
      stationName: stationName ?? head.station,
      code,
      reason: problemWords(code, language).title,
      waiting,
    };
  });
  return pageOf(heads, limit, all!.queues, ({ since, agg }) => ({ at: since, id: agg }), rows);
}
