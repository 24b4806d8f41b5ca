import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { sm3Hex } from '../crypto/sm3.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { problem } from '../protocol/ticketing.ts';
import type { Call, Caller } from '../store/call.ts';
import { errorAnswer, refusalAnswer } from './problem.ts';

/** No body of the ticket service is near it. */
const BODY_BYTES_MAX = 256 * 1024;

/** What a request carries once it is known who asks. */
export type ApiEnv = { Variables: { caller: Caller } };

/**
 * An HTTP application whose OpenAPI document comes from its own schemas. Bad bodies, unknown paths, faults and bugs all
 * answer as problems with a code.
 */
export function openApiApp(log: (cause: unknown) => void): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      return refusalAnswer(c, {
        code: 'body.malformed',
        where: issue?.path.join('.') ?? '',
        why: issue?.message ?? '',
      } as { code: string });
    },
  });
  const tooLarge = (c: Context) => refusalAnswer(c, { code: 'body.too-large' });
  const limit = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: tooLarge });
  // Looking for a body makes the server build a whole Request, which costs more than a search: a length is enough.
  app.use((c, next) => {
    if (c.req.method === 'GET') return next();
    const length = c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined;
    if (length === undefined) return limit(c, next);
    return Number(length) > BODY_BYTES_MAX ? Promise.resolve(tooLarge(c)) : next();
  });
  app.notFound((c) => refusalAnswer(c, { code: 'path.not-found' }));
  app.onError((cause, c) =>
    isBadBody(cause) ? refusalAnswer(c, { code: 'body.malformed' }) : errorAnswer(c, cause, log),
  );
  return app;
}

/** Broken JSON (400), or a body that does not say it is JSON (415), as a form of another web site is. */
function isBadBody(cause: unknown): boolean {
  if (!(cause instanceof Error && 'status' in cause)) return false;
  return cause.status === 400 || cause.status === 415;
}

/** One route: its schemas make the document and check the request before `handle` sees it. */
export type RouteWish<Params, Query, Body> = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters in braces: `/tickets/{ticketNo}`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly answer: z.ZodType;
};

export type RouteRequest<Params, Query, Body> = {
  readonly c: Context;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
};
type AnyOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: { readonly code: string } };

/** Adds a route: a yes answers 200 with the value, a refusal answers its problem. */
export function mount<Params, Query, Body>(
  app: OpenAPIHono<ApiEnv>,
  wish: RouteWish<Params, Query, Body>,
  handle: (request: RouteRequest<Params, Query, Body>) => Promise<AnyOutcome>,
): void {
  const { method, path, summary, params, query, body, answer } = wish;
  const request = {
    ...(params ? { params } : {}),
    ...(query ? { query } : {}),
    ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
  };
  const responses = {
    200: { description: 'yes', content: { 'application/json': { schema: answer } } },
    default: { description: 'no, with a code', content: { 'application/problem+json': { schema: problem } } },
  };
  app.openapi({ method, path, summary, request, responses } as RouteConfig, async (c) => {
    const valid = (part: string) => c.req.valid(part as never) as never;
    const outcome = await handle({ c, params: valid('param'), query: valid('query'), body: valid('json') });
    return outcome.ok ? c.json(outcome.value as object) : refusalAnswer(c, outcome.refusal);
  });
}

/**
 * The call behind a mutating request: its caller and idempotency key. Key and body together name one wish, and the digest
 * covers method and path too.
 */
export async function callOf(
  c: Context,
  caller: Caller,
): Promise<Outcome<Call, { readonly code: 'call.key-missing' }>> {
  const key = c.req.header('idempotency-key');
  if (!key || !/^[\x21-\x7e]{8,80}$/.test(key)) return refuse({ code: 'call.key-missing' });
  const text = await c.req.text();
  return done({ caller, key, bodyHash: sm3Hex(c.req.method, '\n', c.req.path, '\n', text) });
}
