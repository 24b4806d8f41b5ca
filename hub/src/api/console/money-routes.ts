import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { z } from 'zod';
import { trialBalance } from '../../ledger/trial-balance.ts';
import { closePeriod } from '../../settlement/close-period.ts';
import { releasePeriod } from '../../settlement/release-period.ts';
import { pageQuery } from './bodies.ts';
import type { Console } from './console.ts';
import { keptAnswer } from './kept-answer.ts';
import { listPeriodRows, listStatementRows } from './money-lists.ts';
import {
  closed,
  closeInput,
  periodPage,
  released,
  releaseInput,
  statementPage,
  statementQuery,
  type TrialBalanceView,
  trialBalanceView,
} from './sales-bodies.ts';
import { permitted } from './session.ts';

/** The books are summed at most so often, in ms: a sum reads every posting. */
const BALANCE_MS_MIN = 5_000;

/** 清分结算: periods, statements, and whether the books balance. */
export function moneyRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  const { store, clock } = hub;
  const balance = keptAnswer(BALANCE_MS_MIN, async (at): Promise<TrialBalanceView> => {
    const { sumFen, periods, kinds, unsettledTickets } = await trialBalance(store.read);
    const balanced = sumFen === 0 && periods.every((period) => period.sumFen === 0) && unsettledTickets.length === 0;
    return {
      balanced,
      sumFen,
      periods: [...periods],
      kinds: { ...kinds },
      unsettledTickets: [...unsettledTickets],
      at,
    };
  });

  mount(
    app,
    { method: 'get', path: '/periods', summary: '结算周期 settlement periods', query: pageQuery, answer: periodPage },
    async ({ query }) => {
      if (query.after !== undefined && !/^\d{1,9}$/.test(query.after))
        return refuse({ code: 'body.malformed', where: 'after' });
      return done(await listPeriodRows(store.read, query));
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/periods/close',
      summary: '关账 close the open period',
      keyed: true,
      body: closeInput,
      answer: closed,
    },
    async ({ c, body }) => {
      const may = permitted(c, 'periods.close');
      if (!may.ok) return may;
      const call = await callOf(c, c.get('caller'));
      return call.ok ? closePeriod(store, call.value, body, clock.now()) : call;
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/periods/{periodId}/release',
      summary: '送批、批准、发送 a netted period on its way to payment, by two people',
      keyed: true,
      params: z.object({ periodId: z.string().min(1).max(24) }),
      body: releaseInput,
      answer: released,
    },
    async ({ c, params, body }) => {
      const may = permitted(c, 'periods.release');
      if (!may.ok) return may;
      const call = await callOf(c, c.get('caller'));
      return call.ok ? releasePeriod(store, call.value, { ...params, ...body }, clock.now()) : call;
    },
  );
  mount(
    app,
    { method: 'get', path: '/statements', summary: '结算单 statements', query: statementQuery, answer: statementPage },
    async ({ query }) => done(await listStatementRows(store.read, query)),
  );
  mount(
    app,
    { method: 'get', path: '/trial-balance', summary: '试算平衡 whether the books balance', answer: trialBalanceView },
    async () => done(await balance(clock.now())),
  );
}
