import type { OpenAPIHono } from '@hono/zod-openapi';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { addressOf } from '@lianpiao/shared/http/caller-address';
import { type ApiEnv, callOf, mount } from '@lianpiao/shared/http/openapi-app';
import { refusalAnswer } from '@lianpiao/shared/http/problem';
import { SignInLimits } from '@lianpiao/shared/people/sign-in-limits';
import { type LinkState, linkState } from '@lianpiao/shared/protocol/ticketing';
import { and, count, desc, eq, inArray, ne } from 'drizzle-orm';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';
import { resolvePrint } from '../printing/resolve-print.ts';
import { saleStop } from '../selling/sale-stops.ts';
import { closeShift } from '../shifts/close-shift.ts';
import { signIn } from '../shifts/sign-in.ts';
import { clockState } from '../time/watch-clock.ts';
import { sessionCookie } from './caller.ts';
import { dueRoutes } from './due-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { uncertainRoutes } from './uncertain-routes.ts';

/** A document on the reader of a counter. It goes to the local screen only and is kept nowhere. */
export type ReaderCard = {
  readonly idType: string;
  readonly name: string;
  readonly idNo: string;
  readonly birthOn: string | null;
  readonly sex: string | null;
};

/** What hangs on this station's counters: the state of printer and reader, and the cards as they come and go. */
export type CounterDevices = {
  printer(): { readonly state: string };
  reader(): { readonly state: string };
  /** Calls back with each card laid down, and with null when it is taken away. Returns how to stop. */
  watchCards(laid: (card: ReaderCard | null) => void): () => void;
  wakePrinter(): void;
};

/** The hub's last word may be so old before the strip says late, and so old before it says offline, in ms. */
const LATE_MS = 20_000;
const OFFLINE_MS = 60_000;
/** A comment that often keeps the stream of cards open, in ms. */
const KEEP_ALIVE_MS = 15_000;

const credentials = z.object({
  user: z.string().trim().min(1).max(40),
  password: z.string().min(1).max(128),
  counter: z.string().regex(/^\d{3}$/),
});
const session = z.object({
  clerk: z.string(),
  name: z.string(),
  role: z.string(),
  station: z.object({ code: z.string(), name: z.string() }),
  terminal: z.string(),
  shiftId: z.string(),
});

/** What a page shows and asks before anybody is known: the strip, and signing in. */
export function sessionRoutes(app: OpenAPIHono<ApiEnv>, desk: AgentDesk, devices: CounterDevices): void {
  const { agent, clock } = desk;
  const limits = new SignInLimits();
  mount(app, { method: 'get', path: '/state', summary: '链路与设备状态', answer: linkState }, async () =>
    done(await stripOf(desk, devices)),
  );

  mount(
    app,
    { method: 'post', path: '/session', summary: '登录 sign in at a counter', body: credentials, answer: session },
    async ({ c, body }) => {
      const signed = await signIn(agent, limits, { ...body, address: addressOf(c) }, clock.now());
      if (!signed.ok) return signed;
      const { token, ...who } = signed.value;
      setCookie(c, sessionCookie(agent.station), token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return done({ ...who, station: agent.station });
    },
  );
}

export function counterRoutes(app: OpenAPIHono<ApiEnv>, desk: AgentDesk, devices: CounterDevices): void {
  const { agent, clock } = desk;
  const { store } = agent;

  mount(app, { method: 'get', path: '/session', summary: '当前会话', answer: session }, async ({ c }) => {
    const { clerk, terminal, shiftId } = c.get('caller');
    const { db, t } = store.read;
    const [user] = await db.select().from(t.users).where(eq(t.users.user, clerk!));
    return user
      ? done({ clerk, name: user.name, role: user.role, station: agent.station, terminal, shiftId })
      : refuse({ code: 'auth.needed' });
  });
  app.delete('/session', async (c) => {
    const token = getCookie(c, sessionCookie(agent.station));
    if (token)
      await store.transaction(async (tx) =>
        tx.db.delete(tx.t.sessions).where(eq(tx.t.sessions.tokenHash, sm3Hex(token))),
      );
    deleteCookie(c, sessionCookie(agent.station), { path: '/' });
    return c.body(null, 204);
  });
  mount(
    app,
    {
      method: 'post',
      path: '/shift/close',
      summary: '交班缴款',
      keyed: true,
      body: z.object({ countedFen: z.int().min(0).max(1e10) }),
      answer: z.object({ shiftId: z.string(), expectedFen: z.int(), countedFen: z.int(), differenceFen: z.int() }),
    },
    async ({ c, body }) => {
      const call = await callOf(c, c.get('caller'));
      return call.ok ? closeShift(agent, call.value, body.countedFen, clock.now()) : call;
    },
  );

  app.get('/card', (c) =>
    streamSSE(c, async (stream) => {
      const stop = devices.watchCards(
        (card) => void stream.writeSSE({ event: card ? 'card' : 'removed', data: JSON.stringify({ card }) }),
      );
      stream.onAbort(stop);
      while (!stream.aborted) {
        await stream.sleep(KEEP_ALIVE_MS);
        if (!stream.aborted) await stream.write(': still here\n\n');
      }
    }),
  );

  mount(
    app,
    { method: 'get', path: '/print-jobs', summary: '打印队列', answer: z.array(z.looseObject({})) },
    async () => {
      const { db, t } = store.read;
      const rows = await db.select().from(t.printJobs).orderBy(desc(t.printJobs.madeAt)).limit(30);
      return done(
        rows.map(({ jobId, ticketNo, state, what, reason, changedAt, terminal, printSeq }) => ({
          id: jobId,
          ticketNo,
          state,
          what,
          reason,
          at: changedAt,
          terminal,
          printSeq,
        })),
      );
    },
  );
  mount(
    app,
    {
      method: 'post',
      path: '/print-jobs/{jobId}/resolve',
      summary: '打印存疑处理',
      keyed: true,
      params: z.object({ jobId: z.string().max(64) }),
      body: z.object({ outcome: z.enum(['printed', 'void-and-reprint']) }),
      answer: z.looseObject({}),
    },
    async ({ c, params, body }) => {
      const call = await callOf(c, c.get('caller'));
      if (!call.ok) return call;
      const resolved = await resolvePrint(agent, call.value, { ...params, ...body }, clock.now());
      devices.wakePrinter();
      return resolved;
    },
  );
  uncertainRoutes(app, desk);
  exchangeRoutes(app, desk);
  dueRoutes(app, desk);
  app.notFound((c) => refusalAnswer(c, { code: 'path.not-found' }));
}

/** The strip that every screen of the station shows. */
async function stripOf({ agent, link, clock }: AgentDesk, devices: CounterDevices): Promise<LinkState> {
  const { db, t } = agent.store.read;
  const jobs = await db
    .select({ state: t.printJobs.state, jobs: count() })
    .from(t.printJobs)
    .where(
      and(
        ne(t.printJobs.state, 'confirmed'),
        inArray(t.printJobs.state, ['queued', 'sending', 'failedBeforeSend', 'unknown']),
      ),
    )
    .groupBy(t.printJobs.state);
  const unknown = jobs.find(({ state }) => state === 'unknown')?.jobs ?? 0;
  const { online, lastWordAt, queued, stopped: linkStopped } = link.state();
  const stopped = (await saleStop(agent.store.read))?.code ?? agent.room.short ?? linkStopped;
  const age = lastWordAt === null ? Number.POSITIVE_INFINITY : clock.now() - lastWordAt;
  const state =
    stopped !== null ? 'stopped' : !online || age > OFFLINE_MS ? 'offline' : age > LATE_MS ? 'late' : 'online';
  return {
    state,
    hubLastWordAt: lastWordAt,
    queued,
    reason: stopped,
    printer: { ...devices.printer(), waiting: jobs.reduce((sum, row) => sum + row.jobs, 0) - unknown, unknown },
    reader: devices.reader(),
    now: clock.now(),
    clock: await clockState(agent.store.read),
  };
}
