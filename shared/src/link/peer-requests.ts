import type { Clock } from '../clock.ts';
import { type Outcome, refuse } from '../domain/outcome.ts';
import type { RequestMessage, ResponseMessage } from '../protocol/messages.ts';
import { REQUESTS, type RequestAnswer, type RequestBody, type RequestKind, ticketsIn } from '../protocol/requests.ts';
import type { Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { openIntents, settleIntent, writeIntent } from './intents.ts';
import type { Said, SayResult } from './peer-link.ts';
import { ANSWER_MS_MAX, type Refused, RequestBook, type RequestHandlers } from './request-book.ts';

/** A question that travelled longer than its `ttl` and this is dropped: who asked has given up. In ms. */
const CLOCK_SLACK_MS = 2_000;

export type PeerRequestsOptions<Tables extends SharedTables> = {
  readonly store: Store<Tables>;
  readonly peer: string;
  readonly say: (message: Said) => SayResult;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly noted: (code: string, facts: Readonly<Record<string, unknown>>) => void;
};

/** Answers that leave a wish open: nobody knows what became of it, or it is recorded and will be answered later. */
const UNKNOWN_YET: ReadonlySet<string> = new Set(['link.no-answer', 'request.pending']);

const isUnknown = ({ code, halfway = false }: Refused) => UNKNOWN_YET.has(code) || halfway === true;

type Json = RequestMessage['p'];

/** Requests with one peer, both ways, with the intents that survive a crash. The same code at agent and hub. */
export class PeerRequests<Tables extends SharedTables> {
  readonly #options: PeerRequestsOptions<Tables>;
  readonly #book: RequestBook;
  /** Keys of mutating requests that somebody here is waiting for. */
  readonly #underWay = new Set<string>();
  #resolving = false;

  constructor(options: PeerRequestsOptions<Tables>) {
    this.#options = options;
    this.#book = new RequestBook((kind, cause) =>
      options.noted('request.failed', { kind, peer: options.peer, reason: String(cause) }),
    );
  }

  /**
   * Asks the peer. A mutating request is written down first; the same `key` is the same wish, also after a crash, and gets
   * the same yes. `link.no-answer` means unknown, `request.pending` recorded: ask again with the same key, or leave it to `resolve`.
   */
  async request<Kind extends RequestKind>(
    kind: Kind,
    body: RequestBody<Kind>,
    key?: string,
  ): Promise<Outcome<RequestAnswer<Kind>, Refused>> {
    const { store, peer, newId, clock } = this.#options;
    if (!REQUESTS[kind].mutates || kind === 'intent.state') return this.#ask(kind, newId(), body);

    const id = key ?? newId();
    const written = await writeIntent(store, { key: id, peer, method: kind, body: JSON.stringify(body) }, clock.now());
    if (written.go === 'answer') return written.answer as Outcome<RequestAnswer<Kind>, Refused>;
    this.#underWay.add(id);
    try {
      const answer = await this.#ask(kind, id, body);
      if (answer.ok) await settleIntent(store, id, 'yes', answer.value);
      else if (answer.refusal.code === 'link.offline' && written.askedBefore)
        // Not sent now, but earlier: what became of that is still unknown.
        return refuse({ code: 'link.no-answer', kind });
      else if (!isUnknown(answer.refusal)) await settleIntent(store, id, 'no');
      return answer;
    } finally {
      this.#underWay.delete(id);
    }
  }

  /** Finds out what became of requests that nobody got an answer to. Call now and then while there is a session. */
  async resolve(): Promise<void> {
    if (this.#resolving) return;
    this.#resolving = true;
    try {
      const { store, peer, newId, noted } = this.#options;
      for (const { key, method, body } of await openIntents(store, peer)) {
        if (this.#underWay.has(key)) continue;
        const about = { ticketNos: ticketsIn(JSON.parse(body)) };
        const found = await this.#ask('intent.state', newId(), { key, ...about });
        if (!found.ok && found.refusal.code === 'request.pending') continue;
        if (!found.ok) return;
        if (found.value.state === 'yes') await settleIntent(store, key, 'yes', found.value.answer);
        else await settleIntent(store, key, 'burnt');
        noted('intent.resolved', { peer, key, method, state: found.value.state });
      }
    } finally {
      this.#resolving = false;
    }
  }

  heard({ id, outcome }: ResponseMessage): void {
    this.#book.heard(id, outcome);
  }

  /** Answers a question. `ageMs` is how long it travelled by the hub's clock, null while the clocks are not compared. */
  async answer(handlers: RequestHandlers, { m, id, p, ttl }: RequestMessage, ageMs: number | null): Promise<void> {
    const { peer, say, monotonic, noted } = this.#options;
    if (ageMs !== null && ageMs > ttl + CLOCK_SLACK_MS) {
      noted('request.too-late', { peer, kind: m, ageMs });
      return;
    }
    const outcome = (await this.#book.answer(handlers, m, id, p, monotonic())) as ResponseMessage['outcome'];
    if (say({ k: 'res', id, outcome }) === 'too-large') {
      say({ k: 'res', id, outcome: { ok: false, refusal: { code: 'link.answer-too-large' } } });
    }
  }

  #ask<Kind extends RequestKind>(
    kind: Kind,
    id: string,
    body: RequestBody<Kind>,
  ): Promise<Outcome<RequestAnswer<Kind>, Refused>> {
    const { say } = this.#options;
    return this.#book.ask(
      kind,
      id,
      () => typeof say({ k: 'req', id, m: kind, p: body as Json, ttl: ANSWER_MS_MAX }) === 'number',
    );
  }
}
