import { serveStatic } from '@hono/node-server/serve-static';
import { nameSchemes } from '@lianpiao/shared/http/api-security';
import { docsPage } from '@lianpiao/shared/http/docs-page';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import type { Hub } from '../hub.ts';
import type { LinkHub } from '../ingest/link-hub.ts';
import type { TripSearch } from '../inventory/trip-search.ts';
import type { Sandbox } from '../payments/open-sandbox.ts';
import type { EnrolmentDesk } from '../stations/enrol-station.ts';
import { channelRoutes } from './channel-routes.ts';
import { SESSION_COOKIE } from './console/session.ts';
import { consoleRoutes } from './console-routes.ts';
import { enrolRoutes } from './enrol-routes.ts';
import { paymentRoutes } from './payment-routes.ts';

export type HubApi = {
  readonly hub: Hub;
  readonly link: LinkHub;
  readonly search: TripSearch;
  readonly enrolment: EnrolmentDesk;
  readonly sandbox: Sandbox;
  readonly uiFolder: string;
  readonly log: (cause: unknown) => void;
};

const ABOUT = { openapi: '3.1.0', info: { title: '联票 Lianpiao 中心接口 hub interface', version: '1' } } as const;

/** The hub's HTTP interface: channels, console, enrolment, the sandbox provider, the OpenAPI document, and the console's pages. */
export function hubApp(api: HubApi) {
  const { hub, sandbox, enrolment, uiFolder, log } = api;
  const app = openApiApp(log);
  nameSchemes(app, SESSION_COOKIE);
  enrolRoutes(app, enrolment, hub.clock);
  paymentRoutes(app, hub, sandbox.secret);
  app.route('/', sandbox.pages);
  const first = channelRoutes(app, api);
  consoleRoutes(app, api);
  app.doc31('/openapi.json', ABOUT);
  app.get('/docs', (c) => c.html(docsPage(app.getOpenAPI31Document(ABOUT))));
  app.get('/healthz', (c) => c.json({ ok: true, trips: api.search.size, stations: api.link.freshness().length }));
  app.use('/*', serveStatic({ root: uiFolder }));
  return { fetch: app.fetch, first };
}
