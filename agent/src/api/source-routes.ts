import type { OpenAPIHono } from '@hono/zod-openapi';
import { done } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { languageOf } from '@lianpiao/shared/http/problem';
import { problemWords } from '@lianpiao/shared/http/problem-words';
import { audit } from '@lianpiao/shared/store/audit';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import type { SourceStatus, SourceWatch } from '../legacy/watch-source.ts';

export type WatchedSource = Pick<SourceWatch, 'status' | 'confirmMissing'>;

/**
 * What the last look at the station's source came to: trips, rows set aside with file, line and reason, and days that lost
 * most of their trips, which somebody may confirm.
 */
export function sourceRoutes(app: OpenAPIHono<ApiEnv>, { agent, clock }: AgentDesk, source: WatchedSource): void {
  mount(
    app,
    { method: 'get', path: '/source', summary: '数据源状态 state of the timetable source', answer: z.looseObject({}) },
    async ({ c }) => done(inWords(source.status, languageOf(c))),
  );
  mount(
    app,
    {
      method: 'post',
      path: '/source/confirm-missing',
      summary: '确认班次已取消 the missing trips are gone on purpose',
      answer: z.object({ confirmed: z.int() }),
    },
    async ({ c }) => {
      const confirmed = await source.confirmMissing();
      await agent.store.transaction((tx) =>
        audit(tx, c.get('caller'), 'source.missing-confirmed', source.status.source, clock.now(), String(confirmed)),
      );
      return done({ confirmed });
    },
  );
}

/** The status for a person. Codes never change with the language. */
function inWords(status: SourceStatus, language: 'zh' | 'en') {
  const { missing, kept, setAside, notes, fault } = status;
  const english = (code: string, zh: string) => (language === 'en' ? problemWords(code, 'en').title : zh);
  const warning = { code: 'source.trips-missing', ...problemWords('source.trips-missing', language) };
  return {
    ...status,
    setAside: setAside.map((row) => ({ ...row, text: english(row.reason, row.text) })),
    notes: notes.map((code) => ({ code, ...problemWords(code, language) })),
    fault: fault && { ...fault, hint: english(fault.code, fault.hint) },
    warnings: [
      ...missing.map((day) => ({ ...warning, ...day })),
      ...kept.map((tripId) => ({ code: 'source.trip-kept', ...problemWords('source.trip-kept', language), tripId })),
    ],
  };
}
