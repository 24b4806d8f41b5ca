import { randomUUID } from 'node:crypto';
import type { Problem } from '@lianpiao/shared/protocol/ticketing';

/** A refusal or fault that an interface of the product answered. */
export class Answered extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.title}`);
    this.problem = problem;
  }
}

/** A caller of one of the product's interfaces, as a page or another program is one: over HTTP and nothing else. */
export class HttpClient {
  readonly #root: string;
  #headers: Record<string, string>;

  constructor(root: string, headers: Record<string, string> = {}) {
    this.#root = root;
    this.#headers = headers;
  }

  /** The same caller at another root. */
  at(root: string): HttpClient {
    return new HttpClient(root, this.#headers);
  }

  /** Signs in and keeps the cookie. */
  async signIn(path: string, body: object): Promise<void> {
    const response = await this.#send('POST', path, body);
    const cookie = response.headers.getSetCookie().map((each) => each.split(';')[0]);
    this.#headers = { ...this.#headers, cookie: cookie.join('; ') };
  }

  async get<Value>(path: string): Promise<Value> {
    return (await (await this.#send('GET', path)).json()) as Value;
  }

  async text(path: string): Promise<string> {
    return (await this.#send('GET', path)).text();
  }

  /** `key` repeats an earlier call; without one each call is a new wish. */
  async post<Value>(path: string, body: object = {}, key: string = randomUUID()): Promise<Value> {
    const text = await (await this.#send('POST', path, body, key)).text();
    return (text === '' ? null : JSON.parse(text)) as Value;
  }

  async #send(method: string, path: string, body?: object, key?: string): Promise<Response> {
    const headers = {
      ...this.#headers,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    };
    const response = await fetch(`${this.#root}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return response;
    const text = await response.text();
    throw new Answered(
      text.startsWith('{')
        ? (JSON.parse(text) as Problem)
        : { type: '', title: text.slice(0, 200), status: response.status, code: `http.${response.status}` },
    );
  }
}

/** Asks again until the answer will do, for at most `withinMs`. Returns it, or throws what was waited for. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value>,
  isThere: (value: Value) => boolean,
  withinMs = 8_000,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await ask();
      if (isThere(value)) return value;
      last = value;
    } catch (cause) {
      last = cause;
    }
    await new Promise((next) => setTimeout(next, 50));
  }
  const seen = last instanceof Error ? last.message : (JSON.stringify(last) ?? 'nothing').slice(0, 1500);
  throw new Error(`没有等到 waited in vain for ${what}; last seen: ${seen}`);
}

/** A step holds, or the demo ends here. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
