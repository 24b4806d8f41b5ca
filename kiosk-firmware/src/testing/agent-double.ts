import { serve } from '@hono/node-server';
import type { PaperReport } from '@lianpiao/shared/protocol/paper-report';
import { paperReport } from '@lianpiao/shared/protocol/paper-report';
import {
  type Collected,
  type Problem,
  pickupInput,
  pickupProof,
  type TicketView,
} from '@lianpiao/shared/protocol/ticketing';
import { Hono } from 'hono';

export const TOKEN = 'a-token-of-this-kiosk';

/** The station's agent as another machine: answers bodies of the contract, checks those it gets, and can be taken away. */
export type AgentDouble = {
  readonly url: string;
  /** Tickets that wait, by document number or pickup code. */
  readonly waiting: Map<string, TicketView[]>;
  /** Keys of the claims that arrived, each time. */
  readonly claims: string[];
  readonly reports: PaperReport[];
  /** Called with each claim before it is answered; what it returns is answered instead. */
  onClaim: (key: string) => Promise<Problem | undefined>;
  stop(): Promise<void>;
  /** Listens again where it had listened. */
  comeBack(): Promise<void>;
};

export async function startAgentDouble(): Promise<AgentDouble> {
  const waiting = new Map<string, TicketView[]>();
  const claims: string[] = [];
  const reports: PaperReport[] = [];
  const answers = new Map<string, Collected>();
  const app = new Hono();

  app.get('/healthz', (c) =>
    c.json({ ok: true, station: '330502001', online: true, lastWordAt: null, queued: 0, stopped: null }),
  );
  app.use('/kiosk/v1/*', async (c, next) => {
    if (c.req.header('authorization') === `Bearer ${TOKEN}`) return next();
    return c.json({ type: '', title: '需要登录', status: 401, code: 'auth.needed' }, 401);
  });
  app.get('/kiosk/v1/tickets', (c) => c.json([]));
  app.post('/kiosk/v1/pickups/find', async (c) => {
    const proof = pickupProof.parse(await c.req.json());
    return c.json(waiting.get('idNo' in proof ? proof.idNo : proof.pickupCode) ?? []);
  });
  app.post('/kiosk/v1/pickups', async (c) => {
    const key = c.req.header('idempotency-key') ?? '';
    const { proof, ticketNos } = pickupInput.parse(await c.req.json());
    claims.push(key);
    const instead = await double.onClaim(key);
    if (instead) return c.json(instead, instead.status as 409);
    const known = answers.get(key);
    if (known) return c.json(known);
    const tickets = waiting.get('idNo' in proof ? proof.idNo : proof.pickupCode) ?? [];
    const papers = tickets.filter(({ ticketNo }) => ticketNos.includes(ticketNo)).map(paper);
    answers.set(key, { papers, printJobs: [] });
    return c.json(answers.get(key));
  });
  app.post('/kiosk/v1/paper-reports', async (c) => {
    reports.push(paperReport.parse(await c.req.json()));
    return c.body(null, 204);
  });

  let server: ReturnType<typeof serve>;
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve) => {
      server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) => {
        port = info.port;
        resolve();
      });
    });
  await listen();
  const double: AgentDouble = {
    url: `http://127.0.0.1:${port}`,
    waiting,
    claims,
    reports,
    onClaim: async () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
    comeBack: listen,
  };
  return double;
}

function paper(ticket: TicketView): Collected['papers'][number] {
  return {
    ...ticket,
    printSeq: ticket.printSeq + 1,
    state: 'collected',
    qr: `LP1.1.${ticket.ticketNo}.${'Ab3_-xYz'.repeat(18)}`,
    carrier: '浙北运输',
    vehicleClass: '大型高一',
    ceilingFen: 4200,
    sellerName: '网上',
    stationName: '湖州总站',
    printedAt: ticket.soldAt,
  };
}
