import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { Fault } from '../fault.ts';
import {
  isRequestKind,
  REQUESTS,
  type RequestAnswer,
  type RequestBody,
  type RequestKind,
} from '../protocol/requests.ts';

/** A question waits this long for its answer, is asked once more, and waits as long again. In ms. */
export const ANSWER_MS_MAX = 1_500;
const TRIES = 2;
/** Answers to reads are kept for a repeat. */
const READ_ANSWERS_MAX = 1_000;
const READ_ANSWER_MS = 600_000;

/** `halfway`: the answering side broke off, and what it had done by then, also elsewhere, nobody knows. */
export type Refused = { readonly code: string; readonly halfway?: boolean } & Readonly<Record<string, unknown>>;
type Answer = Outcome<unknown, Refused>;

/** What this side answers. A mutating request's id is its idempotency key. */
export type RequestHandlers = {
  readonly [Kind in RequestKind]?: (
    body: RequestBody<Kind>,
    id: string,
  ) => Promise<Outcome<RequestAnswer<Kind>, { readonly code: string }>>;
};

/**
 * Questions that are under way with one peer, both ways (station-link: requests). Nothing is ever asked from a backlog:
 * without a session the caller hears so at once.
 */
export class RequestBook {
  /** A handler threw something that is no fault: a bug, for the log. */
  readonly #failed: (kind: string, cause: unknown) => void;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #answering = new Map<string, Promise<Answer>>();
  readonly #answered = new Map<string, { readonly answer: Answer; readonly at: number }>();

  constructor(failed: (kind: string, cause: unknown) => void) {
    this.#failed = failed;
  }

  /**
   * Asks, once more after 1.5 s, and gives up after 3. A refusal with `link.no-answer` means *unknown*: the other side may
   * have done it. `say` sends the question now, or returns false.
   */
  async ask<Kind extends RequestKind>(
    kind: Kind,
    id: string,
    say: () => boolean,
  ): Promise<Outcome<RequestAnswer<Kind>, Refused>> {
    let asked = false;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (!say()) break;
      asked = true;
      const answer = await this.#answerTo(id);
      if (!answer) continue;
      if (!answer.ok) return answer;
      const parsed = REQUESTS[kind].answer.safeParse(answer.value);
      return parsed.success
        ? done(parsed.data as RequestAnswer<Kind>)
        : refuse({ code: 'link.answer-malformed', kind });
    }
    return refuse({ code: asked ? 'link.no-answer' : 'link.offline', kind });
  }

  /** An answer came in. One that nobody waits for any more is dropped. */
  heard(id: string, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
  }

  /** Answers a question, a repeat with the same answer. Never throws. `now` is a monotonic time in ms. */
  answer(handlers: RequestHandlers, kind: string, id: string, body: unknown, now: number): Promise<Answer> {
    const known = this.#answered.get(id);
    if (known && now - known.at < READ_ANSWER_MS) return Promise.resolve(known.answer);
    const underWay = this.#answering.get(id);
    if (underWay !== undefined) return underWay;
    const answering = this.#answer(handlers, kind, id, body).then((answer) => {
      this.#answering.delete(id);
      if (isRequestKind(kind) && !REQUESTS[kind].mutates) this.#keep(id, answer, now);
      return answer;
    });
    this.#answering.set(id, answering);
    return answering;
  }

  async #answer(handlers: RequestHandlers, kind: string, id: string, body: unknown): Promise<Answer> {
    const handler = isRequestKind(kind)
      ? (handlers[kind] as ((body: unknown, id: string) => Promise<Answer>) | undefined)
      : undefined;
    if (!isRequestKind(kind) || !handler) return refuse({ code: 'request.unknown-kind', kind });
    const parsed = REQUESTS[kind].body.safeParse(body);
    if (!parsed.success)
      return refuse({ code: 'request.malformed', where: parsed.error.issues[0]?.path.join('.') ?? '' });
    try {
      return await handler(parsed.data, id);
    } catch (cause) {
      const halfway = REQUESTS[kind].mutates ? { halfway: true } : {};
      if (cause instanceof Fault) return refuse({ code: cause.code, hint: cause.detail.hint, ...halfway });
      this.#failed(kind, cause);
      return refuse({ code: 'request.failed', kind, ...halfway });
    }
  }

  #keep(id: string, answer: Answer, at: number): void {
    this.#answered.set(id, { answer, at });
    if (this.#answered.size <= READ_ANSWERS_MAX) return;
    const [oldest] = this.#answered.keys();
    this.#answered.delete(oldest!);
  }

  #answerTo(id: string): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), ANSWER_MS_MAX);
      const settle = (answer: Answer | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      this.#waiting.set(id, settle);
    });
  }
}
