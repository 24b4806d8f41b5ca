import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { sm3Hex } from '../crypto/sm3.ts';
import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { problem } from '../protocol/ticketing.ts';
import type { Call, Caller } from '../store/call.ts';
import { errorAnswer, refusalAnswer } from './problem.ts';

/** No body of the ticket service is near it. */
const BODY_BYTES_MAX = 256 * 1024;

/** What a request carries once it is known who asks. */
export type ApiEnv = { Variables: { caller: Caller; keyed: true } };

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
  /** The call takes effect once per `Idempotency-Key`, and is refused without one: its handler asks `callOf`. */
  readonly keyed?: true;
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

const KEY_FORM = /^[\x21-\x7e]{8,80}$/;
/** As the document shows it. `callOf` checks it, with a code of its own. */
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: '一次操作一个键，重试用同一个 one key a wish; the same key again gives the same answer',
  schema: { type: 'string', pattern: KEY_FORM.source, minLength: 8, maxLength: 80 },
} as const;

/** Adds a route: a yes answers 200 with the value, a refusal answers its problem. */
export function mount<Params, Query, Body>(
  app: OpenAPIHono<ApiEnv>,
  wish: RouteWish<Params, Query, Body>,
  handle: (request: RouteRequest<Params, Query, Body>) => Promise<AnyOutcome>,
): void {
  const { method, path, summary, keyed, params, query, body, answer } = wish;
  const request = {
    ...(params ? { params } : {}),
    ...(query ? { query } : {}),
    ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
  };
  const responses = {
    200: { description: 'yes', content: { 'application/json': { schema: answer } } },
    default: { description: 'no, with a code', content: { 'application/problem+json': { schema: problem } } },
  };
  const parameters = keyed ? [IDEMPOTENCY_KEY] : [];
  app.openapi({ method, path, summary, parameters, request, responses } as RouteConfig, async (c) => {
    if (keyed) c.set('keyed', true);
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
  invariant(c.get('keyed'), 'a route that wants an idempotency key says so in its document', { path: c.req.path });
  const key = c.req.header('idempotency-key');
  if (!key || !KEY_FORM.test(key)) return refuse({ code: 'call.key-missing' });
  const text = await c.req.text();
  return done({ caller, key, bodyHash: sm3Hex(c.req.method, '\n', c.req.path, '\n', text) });
}
