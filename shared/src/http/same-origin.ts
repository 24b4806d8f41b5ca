import type { Context, Next } from 'hono';
import { refusalAnswer } from './problem.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another web site sends with a person's session cookie. Browsers say where a request comes from and pages
 * cannot change it: `Sec-Fetch-Site`, and in older ones `Origin`. A program that says neither holds no one's cookie by
 * chance. For routes behind a bearer token it is not needed: no browser adds one by itself.
 */
export async function sameOrigin(c: Context, next: Next): Promise<Response | undefined> {
  if (!READING.has(c.req.method) && isForeign(c)) return refusalAnswer(c, { code: 'auth.foreign-origin' });
  await next();
  return undefined;
}

function isForeign(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = c.req.header('origin');
  return origin !== undefined && hostOf(origin) !== new URL(c.req.url).host;
}

/** Without the scheme: a proxy may speak TLS for us. `null`, which a sandboxed page sends, is nobody's host. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
