import type { Context } from 'hono';
import { InvariantError } from '../domain/invariant.ts';
import { Fault } from '../fault.ts';
import type { Problem } from '../protocol/ticketing.ts';
import { problemWords } from './problem-words.ts';

type Refusal = { readonly code: string };

/** Status of a refusal: what is not there is 404, who may not is 401 or 403, a body of the wrong form is 422, any other no is 409. */
function statusOf(code: string): number {
  if (code === 'auth.needed' || code === 'auth.wrong-password') return 401;
  if (code.startsWith('auth.')) return 403;
  if (code.startsWith('body.') || code.startsWith('call.key')) return 422;
  if (code === 'rate.limited' || code === 'pickup.too-many-tries') return 429;
  return code.endsWith('.unknown') || code === 'path.not-found' ? 404 : 409;
}

/** Chinese unless the caller asks for English first. The code never changes with the language. */
export function languageOf(c: Context): 'zh' | 'en' {
  return /^\s*en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'zh';
}

/** Answers a refusal as `application/problem+json` (RFC 9457): what happened, what to do next, the code, and its facts. */
export function refusalAnswer(c: Context, refusal: Refusal): Response {
  const { code, ...facts } = refusal;
  return answerProblem(c, code, statusOf(code), facts);
}

/** The request edge: the one place of an API where faults and bugs are caught. A stack trace never leaves the process. */
export function errorAnswer(c: Context, cause: unknown, log: (cause: unknown) => void): Response {
  if (cause instanceof Fault) {
    if (!cause.detail.retryable) log(cause);
    return answerProblem(c, cause.code, 503, {}, cause.detail.hint);
  }
  log(cause);
  return answerProblem(c, 'program.bug', 500, cause instanceof InvariantError ? { what: cause.message } : {});
}

function answerProblem(
  c: Context,
  code: string,
  status: number,
  facts: Record<string, unknown>,
  hint?: string,
): Response {
  const words = problemWords(code, languageOf(c));
  const body: Problem = {
    type: `https://lianpiao.example/errors#${code}`,
    title: words.title,
    status,
    code,
    ...(words.cause === '' ? {} : { detail: words.cause }),
    hint: hint && languageOf(c) === 'zh' ? hint : words.next,
    facts,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'content-language': languageOf(c) },
  });
}
