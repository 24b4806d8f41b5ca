import { serveStatic } from '@hono/node-server/serve-static';
import { errorAnswer, refusalAnswer } from '@lianpiao/shared/http/problem';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { Kiosk } from '../kiosk.ts';

/** A press is a few words. */
const BODY_BYTES_MAX = 1_024;
/** A comment that often keeps the stream of pages open, in ms. */
const KEEP_ALIVE_MS = 15_000;

const bare = (type: 'start' | 'erase' | 'submit' | 'collect' | 'back' | 'quit' | 'stay' | 'finish') =>
  z.strictObject({ type: z.literal(type) });

/** What the screen may send: presses, and nothing that a device or the agent reports. */
export const screenPress = z.strictObject({
  turn: z.int().min(0),
  press: z.discriminatedUnion('type', [
    bare('start'),
    bare('erase'),
    bare('submit'),
    bare('collect'),
    bare('back'),
    bare('quit'),
    bare('stay'),
    bare('finish'),
    z.strictObject({ type: z.literal('digit'), digit: z.string().regex(/^\d$/) }),
    z.strictObject({ type: z.literal('toggle'), ticketNo: z.string().regex(/^\d{20}$/) }),
    z.strictObject({ type: z.literal('turn'), step: z.union([z.literal(1), z.literal(-1)]) }),
    z.strictObject({ type: z.literal('speak'), language: z.enum(['zh', 'en']) }),
  ]),
});

export type ScreenServer = {
  readonly kiosk: Pick<Kiosk, 'view' | 'onView' | 'press'>;
  readonly uiFolder: string;
  readonly log: (cause: unknown) => void;
};

/**
 * The screen's pages, the stream of what they show, and the presses that come back. Only a page of this server may press:
 * a foreign page in the same browser, or one that points its own name at this machine, is refused.
 */
export function screenApp({ kiosk, uiFolder, log }: ScreenServer): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ["'self'", 'data:'], frameAncestors: ["'none'"] },
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    const { hostname, origin } = new URL(c.req.url);
    const local = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
    const from = c.req.header('origin');
    if (!local || (from !== undefined && from !== origin)) return refusalAnswer(c, { code: 'auth.foreign-page' });
    c.header('cache-control', 'no-store');
    return next();
  });
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => refusalAnswer(c, { code: 'body.too-large' }) }));

  app.get('/screen', (c) =>
    streamSSE(c, async (stream) => {
      let shown = '';
      let wake: (() => void) | null = null;
      const page = () => JSON.stringify(kiosk.view());
      const stop = kiosk.onView(() => page() !== shown && wake?.());
      stream.onAbort(() => wake?.());
      try {
        while (!stream.aborted) {
          const changed = new Promise<void>((resolve) => {
            wake = resolve;
          });
          const next = page();
          if (next !== shown) await stream.writeSSE({ event: 'view', data: next });
          else await stream.write(': still here\n\n');
          shown = next;
          if (page() === shown) await Promise.race([changed, stream.sleep(KEEP_ALIVE_MS)]);
        }
      } finally {
        stop();
      }
    }),
  );
  app.post('/screen/events', async (c) => {
    const body = screenPress.safeParse(await c.req.json().catch(() => null));
    if (!body.success) return refusalAnswer(c, { code: 'body.malformed' });
    kiosk.press(body.data.turn, body.data.press);
    return c.body(null, 204);
  });
  app.get('/healthz', (c) => {
    const { screen, checks, hub, terminal } = kiosk.view();
    const ok = checks.agent === null && checks.printer === null;
    return c.json({ ok, terminal, screen, checks, hub });
  });
  app.use('/*', serveStatic({ root: uiFolder }));
  app.notFound((c) => refusalAnswer(c, { code: 'path.not-found' }));
  app.onError((cause, c) => errorAnswer(c, cause, log));
  return app;
}
