import { problemWords } from '@lianpiao/shared/http/problem-words';
import { problem } from '@lianpiao/shared/protocol/ticketing';
import { expect } from 'vitest';
import type { BadRequest } from './bad-requests.ts';

export type App = { request(path: string, init: RequestInit): Response | Promise<Response> };

let keys = 0;
/** Sends a request as a program with this token does, each under a key of its own. */
export async function send(
  app: App,
  token: string,
  request: Omit<BadRequest, 'name' | 'status' | 'code'>,
  language: string,
) {
  keys += 1;
  const usual = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': `rubbish-${keys}`,
    'accept-language': language,
  };
  const headers = Object.entries({ ...usual, ...request.headers }).filter(
    (header): header is [string, string] => header[1] !== undefined,
  );
  const { method, path, body } = request;
  const answer = await app.request(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body as Exclude<RequestInit['body'], undefined> }),
  });
  return { answer, body: (await answer.json()) as unknown };
}

/** The same code in both languages, with words of its own, as a problem that a program and a person can read. */
export async function expectProblem(app: App, token: string, request: BadRequest): Promise<void> {
  for (const language of ['zh-CN', 'en'] as const) {
    const { answer, body } = await send(app, token, request, language);
    const at = [request.name, language];
    expect([...at, answer.status, answer.headers.get('content-type')]).toEqual([
      ...at,
      request.status,
      'application/problem+json; charset=utf-8',
    ]);
    const told = problem.parse(body);
    const words = problemWords(request.code, language === 'en' ? 'en' : 'zh');
    expect([...at, told.code, told.status, told.title]).toEqual([...at, request.code, request.status, words.title]);
    expect([...at, /[一-鿿]/.test(told.title)]).toEqual([...at, language === 'zh-CN']);
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat .*\.ts:\d/);
  }
}

/** A code that has no words is explained to nobody. */
export function expectWords(code: string): void {
  for (const language of ['zh', 'en'] as const) {
    expect([code, problemWords(code, language).title]).not.toEqual([
      code,
      problemWords('no.such-code', language).title,
    ]);
  }
}
