import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentDesk } from '../agent-desk.ts';
import { SET_ASIDE_TEXT } from '../legacy/set-aside.ts';
import type { SourceStatus } from '../legacy/watch-source.ts';
import { CLERK, freshAgent } from '../testing/fresh-agent.ts';
import { sourceRoutes } from './source-routes.ts';

const STATUS: SourceStatus = {
  source: 'drop',
  readAt: NOON,
  trips: 1,
  applied: 0,
  gone: ['330100001-20261122-K802'],
  kept: ['330100001-20261123-K803'],
  missing: [{ day: '20261122', had: 3, missing: 2 }],
  setAside: [
    {
      file: 'a.csv',
      line: 3,
      field: null,
      reason: 'row.broken',
      text: SET_ASIDE_TEXT['row.broken'],
      trip: null,
      lines: [3],
      raw: '"',
    },
  ],
  setAsideCount: 1,
  notes: ['gtfs.frequencies-unused'],
  fault: { code: 'legacy.templates-missing', hint: '请检查 templates.json', at: NOON },
};

let agent: Awaited<ReturnType<typeof freshAgent>>;
let app: ReturnType<typeof openApiApp>;
let confirmed: number;
beforeEach(async () => {
  agent = await freshAgent();
  confirmed = 0;
  app = openApiApp(() => undefined);
  app.use(async (c, next) => {
    c.set('caller', CLERK);
    await next();
  });
  const confirmMissing = async () => {
    confirmed += 1;
    return 2;
  };
  const desk = { agent, clock: { now: () => NOON } } as unknown as AgentDesk;
  sourceRoutes(app, desk, { status: STATUS, confirmMissing });
});
afterEach(() => agent.end());

type Answer = {
  setAside: [{ text: string }];
  notes: [{ title: string }];
  fault: { hint: string };
  warnings: [{ title: string }];
};
const CHINESE = /[\u4e00-\u9fff]/;

it('says why rows stay out, what is missing and what to do in the language that is asked for, with the same codes', async () => {
  for (const language of ['zh-CN', 'en-GB']) {
    const response = await app.request('/source', { headers: { 'accept-language': language } });
    const answer = (await response.json()) as Answer;
    expect(answer).toMatchObject({
      setAside: [{ reason: 'row.broken' }],
      notes: [{ code: 'gtfs.frequencies-unused' }],
      fault: { code: 'legacy.templates-missing' },
      warnings: [
        { code: 'source.trips-missing', day: '20261122', had: 3, missing: 2 },
        { code: 'source.trip-kept', tripId: '330100001-20261123-K803' },
      ],
    });
    const words = [answer.setAside[0].text, answer.notes[0].title, answer.fault.hint, answer.warnings[0].title];
    expect(words.map((text) => CHINESE.test(text))).toEqual(words.map(() => language === 'zh-CN'));
  }
});

it('notes who confirmed that missing trips are gone on purpose', async () => {
  const response = await app.request('/source/confirm-missing', { method: 'POST' });
  expect([response.status, await response.json(), confirmed]).toEqual([200, { confirmed: 2 }, 1]);
  const { db, t } = agent.store.read;
  expect(await db.select().from(t.audit)).toMatchObject([
    { what: 'source.missing-confirmed', clerk: 'u1', subject: 'drop', detail: '2' },
  ]);
});
