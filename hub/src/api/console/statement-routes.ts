import type { OpenAPIHono } from '@hono/zod-openapi';
import { type ApiEnv, openApiApp } from '@lianpiao/shared/http/openapi-app';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import { findStatement } from '../../settlement/find-statement.ts';
import { renderStatement } from '../../settlement/render-statement.ts';
import { statementCsv } from '../../settlement/statement-csv.ts';
import type { Console } from './console.ts';
import { signedIn } from './session.ts';

const NUMBER = /^[\w-]{1,40}$/;

/** `/console/statements/:number`: a statement as a page to print, and with `.csv` as a file. For people who are signed in. */
export function statementRoutes(
  app: OpenAPIHono<ApiEnv>,
  console: Console & { readonly log: (cause: unknown) => void },
): void {
  const { store } = console.hub;
  const group = openApiApp(console.log);
  group.use(signedIn(console));
  group.get('/:file', async (c) => {
    const file = c.req.param('file');
    const asCsv = file.endsWith('.csv');
    const number = asCsv ? file.slice(0, -'.csv'.length) : file;
    const found = NUMBER.test(number) ? await findStatement(store.read, number) : undefined;
    if (!found) return refusalAnswer(c, { code: 'statement.unknown' });
    if (!asCsv) {
      // The page carries its own style and loads nothing: no script may run in it, whatever a party is called.
      c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
      return c.html(renderStatement(found));
    }
    c.header('content-disposition', `attachment; filename="${number}.csv"`);
    return c.body(statementCsv(found), 200, { 'content-type': 'text/csv; charset=utf-8' });
  });
  app.route('/console/statements', group);
}
