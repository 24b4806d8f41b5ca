import type { OpenAPIHono } from '@hono/zod-openapi';
import { routesOf, secure } from '@lianpiao/shared/http/api-security';
import { type ApiEnv, openApiApp } from '@lianpiao/shared/http/openapi-app';
import { sameOrigin } from '@lianpiao/shared/http/same-origin';
import { alarmRoutes } from './console/alarm-routes.ts';
import { allotmentRoutes } from './console/allotment-routes.ts';
import type { Console } from './console/console.ts';
import { forkRoutes } from './console/fork-routes.ts';
import { moneyRoutes } from './console/money-routes.ts';
import { orderRoutes } from './console/order-routes.ts';
import { overflowRoutes } from './console/overflow-routes.ts';
import { restoreRoutes } from './console/restore-routes.ts';
import { signedIn } from './console/session.ts';
import { sessionRoutes, signInRoutes } from './console/session-routes.ts';
import { statementRoutes } from './console/statement-routes.ts';
import { stationRoutes } from './console/station-routes.ts';
import { tripRoutes } from './console/trip-routes.ts';

/** The operations console (F2.5): `/console/v1` with a session cookie, and statements as pages and files under `/console/statements`. */
export function consoleRoutes(
  app: OpenAPIHono<ApiEnv>,
  console: Console & { readonly log: (cause: unknown) => void },
): void {
  const group = openApiApp(console.log);
  group.use(sameOrigin);
  signInRoutes(group, console);
  const open = routesOf(group);
  group.use(signedIn(console));
  sessionRoutes(group, console);
  stationRoutes(group, console);
  allotmentRoutes(group, console);
  tripRoutes(group, console);
  orderRoutes(group, console);
  overflowRoutes(group, console);
  moneyRoutes(group, console);
  alarmRoutes(group, console);
  restoreRoutes(group, console);
  forkRoutes(group, console);
  secure(group, 'session', open);
  app.route('/console/v1', group);
  statementRoutes(app, console);
}
