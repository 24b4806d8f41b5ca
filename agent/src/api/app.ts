import { serveStatic } from '@hono/node-server/serve-static';
import { nameSchemes, routesOf, type SecurityScheme, secure } from '@lianpiao/shared/http/api-security';
import { docsPage } from '@lianpiao/shared/http/docs-page';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import { sameOrigin } from '@lianpiao/shared/http/same-origin';
import { PickupTries, STATION_TRIES, TERMINAL_TRIES } from '@lianpiao/shared/people/pickup-tries';
import type { Caller } from '@lianpiao/shared/store/call';
import type { Context } from 'hono';
import type { AgentDesk } from '../agent-desk.ts';
import { SeatRecalls } from '../seats/seat-recalls.ts';
import { clerkOf, machineOf, sessionCookie } from './caller.ts';
import { type CounterDevices, counterRoutes, sessionRoutes } from './counter-routes.ts';
import { dispatchRoutes } from './dispatch-routes.ts';
import { importRoutes } from './import-routes.ts';
import { paperReportRoutes } from './paper-report-routes.ts';
import { pickupRoutes } from './pickup-routes.ts';
import { sourceRoutes, type WatchedSource } from './source-routes.ts';
import { ticketRoutes } from './ticket-routes.ts';

export type AgentApi = {
  readonly desk: AgentDesk;
  readonly devices: CounterDevices;
  readonly source: WatchedSource;
  readonly uiFolder: string;
  readonly log: (cause: unknown) => void;
};

/**
 * The station's HTTP interface: the ticket service for legacy software (`/adapter/v1`) and for the counter's screen
 * (`/counter/v1`), collecting for kiosks (`/kiosk/v1`), its OpenAPI document, and the counter's pages.
 */
export function agentApp({ desk, devices, source, uiFolder, log }: AgentApi) {
  const app = openApiApp(log);
  const { store } = desk.agent;
  nameSchemes(app, sessionCookie(desk.agent.station));
  const tries = new PickupTries(TERMINAL_TRIES);
  const recalls = new SeatRecalls(desk);
  const under = (
    root: string,
    scheme: SecurityScheme,
    who: (c: Context) => Promise<Caller | undefined>,
    build: (group: ReturnType<typeof openApiApp>) => void,
    open?: (group: ReturnType<typeof openApiApp>) => void,
  ) => {
    const group = openApiApp(log);
    open?.(group);
    const openRoutes = routesOf(group);
    group.use(async (c, next) => {
      const caller = await who(c);
      if (!caller) return refusalAnswer(c, { code: 'auth.needed' });
      c.set('caller', caller);
      return next();
    });
    build(group);
    secure(group, scheme, openRoutes);
    app.route(root, group);
  };

  under(
    '/adapter/v1',
    'bearer',
    (c) => machineOf(store, c, 'adapter'),
    (group) => {
      ticketRoutes(group, desk, recalls);
      pickupRoutes(group, desk, new PickupTries(STATION_TRIES));
      importRoutes(group, desk);
      dispatchRoutes(group, desk);
    },
  );
  under(
    '/kiosk/v1',
    'bearer',
    (c) => machineOf(store, c, 'kiosk'),
    (group) => {
      pickupRoutes(group, desk, tries);
      paperReportRoutes(group, desk);
    },
  );
  under(
    '/counter/v1',
    'session',
    (c) => clerkOf(desk.agent, c, desk.clock.now()),
    (group) => {
      ticketRoutes(group, desk, recalls);
      pickupRoutes(group, desk, tries);
      counterRoutes(group, desk, devices);
      sourceRoutes(group, desk, source);
      dispatchRoutes(group, desk);
    },
    (group) => {
      group.use(sameOrigin);
      sessionRoutes(group, desk, devices);
    },
  );

  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: '联票 Lianpiao 车站接口 station interface', version: '1' },
  });
  app.get('/docs', (c) =>
    c.html(docsPage(app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '1' } }))),
  );
  app.get('/healthz', (c) => {
    const link = desk.link.state();
    const { mirror } = desk.agent.room.word;
    // Sales that nobody else has: without a second journal they are on paper only when this disk dies.
    const lostWithDisk = mirror === 'ok' ? 0 : link.queued;
    return c.json({ ok: true, station: desk.agent.station.code, ...link, journalMirror: mirror, lostWithDisk });
  });
  app.use('/*', serveStatic({ root: uiFolder }));
  return app;
}
