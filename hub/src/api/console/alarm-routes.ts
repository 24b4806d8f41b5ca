import type { OpenAPIHono } from '@hono/zod-openapi';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type ApiEnv, mount } from '@lianpiao/shared/http/openapi-app';
import { languageOf } from '@lianpiao/shared/http/problem';
import { problemWords } from '@lianpiao/shared/http/problem-words';
import { audit } from '@lianpiao/shared/store/audit';
import { and, count, desc, eq, isNull, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { Console } from './console.ts';
import { alarmClosed, alarmPage, alarmQuery } from './sales-bodies.ts';
import { operatorIn, permitted } from './session.ts';

/** 报警: what a person must look at, and that somebody has. */
export function alarmRoutes(app: OpenAPIHono<ApiEnv>, { hub }: Console): void {
  mount(
    app,
    { method: 'get', path: '/alarms', summary: '报警 alarms, open ones first', query: alarmQuery, answer: alarmPage },
    async ({ c, query: { state, limit, after } }) => {
      const { db, t } = hub.store.read;
      const before = after === undefined ? undefined : Number(after);
      if (before !== undefined && !Number.isSafeInteger(before))
        return refuse({ code: 'body.malformed', where: 'after' });
      const asked = state === 'open' ? isNull(t.alarms.closedAt) : undefined;
      const [all] = await db.select({ alarms: count() }).from(t.alarms).where(asked);
      const rows = await db
        .select()
        .from(t.alarms)
        .where(and(asked, before === undefined ? undefined : lt(t.alarms.id, before)))
        .orderBy(desc(t.alarms.id))
        .limit(limit + 1);
      const shown = rows.slice(0, limit).map((row) => ({ ...row, ...problemWords(row.code, languageOf(c)) }));
      return done({ rows: shown, next: rows.length > limit ? String(rows[limit - 1]!.id) : null, total: all!.alarms });
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/alarms/{id}/close',
      summary: '关闭报警 somebody has looked at it',
      params: z.object({ id: z.coerce.number().int().min(1) }),
      answer: alarmClosed,
    },
    async ({ c, params: { id } }) => {
      const may = permitted(c, 'alarms.close');
      if (!may.ok) return may;
      const now = hub.clock.now();
      return hub.store.transaction(async (tx) => {
        const { alarms } = tx.t;
        const [closed] = await tx.db
          .update(alarms)
          .set({ closedAt: now, closedBy: operatorIn(c).user })
          .where(and(eq(alarms.id, id), isNull(alarms.closedAt)))
          .returning();
        if (!closed) return refuse({ code: 'alarm.not-open', id });
        await audit(tx, c.get('caller'), 'alarm.closed', closed.subject, now, closed.code);
        return done({ id, closedAt: now });
      });
    },
  );
}
