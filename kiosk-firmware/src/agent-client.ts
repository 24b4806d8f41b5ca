import type { PaperReport } from '@lianpiao/shared/protocol/paper-report';
import {
  collected,
  type PickupProof,
  problem,
  type TicketPaper,
  type TicketView,
  ticketView,
} from '@lianpiao/shared/protocol/ticketing';
import { z } from 'zod';
import type { ClaimWish } from './claims/open-claim.ts';
import type { Language, Trouble } from './flow/session.ts';

/**
 * `no`: the agent decided, and nothing happened. `failed`: it was not reached, or answered that it could not; whether it
 * acted is not known, and the same key may be asked again.
 */
export type Answer<Value> =
  | { readonly kind: 'yes'; readonly value: Value }
  | { readonly kind: 'no'; readonly problem: Trouble }
  | { readonly kind: 'failed'; readonly problem: Trouble };

export type AgentClient = {
  /** Is the station there, does it know this kiosk, and has it the hub? */
  look(): Promise<Answer<{ readonly online: boolean }>>;
  find(proof: PickupProof, language: Language): Promise<Answer<TicketView[]>>;
  claim(key: string, wish: ClaimWish, language: Language): Promise<Answer<TicketPaper[]>>;
  report(key: string, report: PaperReport): Promise<Answer<unknown>>;
};

/** The agent asks the hub within 2 s; a person at a screen waits no longer than this. */
const ANSWER_MS = 10_000;
const LOOK_MS = 3_000;
/** Ten papers with their codes are a tenth of it. */
const ANSWER_BYTES_MAX = 256 * 1024;

const station = z.object({ online: z.boolean() });

type Ask<Value> = {
  readonly path: string;
  readonly answer: z.ZodType<Value>;
  readonly body?: unknown;
  readonly key?: string;
  readonly language?: Language;
  readonly ms?: number;
};

/** Asks the agent of this station. `url` is its root; `token` is this kiosk's own. Never throws, never logs a body. */
export function agentClient(url: string, token: string): AgentClient {
  async function ask<Value>({
    path,
    answer,
    body,
    key,
    language = 'zh',
    ms = ANSWER_MS,
  }: Ask<Value>): Promise<Answer<Value>> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'accept-language': language };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key !== undefined) headers['idempotency-key'] = key;
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, url), {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(ms),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      const slow = cause instanceof DOMException && cause.name === 'TimeoutError';
      return failed(slow ? 'agent.slow' : 'agent.offline');
    }
    if (response.status === 401 || response.status === 403) return failed('kiosk.token-refused');
    const json = parsed(text);
    if (response.ok) {
      const value = answer.safeParse(json);
      return value.success ? { kind: 'yes', value: value.data } : failed('agent.unreadable');
    }
    const said = problem.safeParse(json);
    if (!said.success) return failed('agent.unreadable');
    const { code, title, hint } = said.data;
    const trouble = { code, title, ...(hint === undefined ? {} : { hint }) };
    return response.status >= 500 ? { kind: 'failed', problem: trouble } : { kind: 'no', problem: trouble };
  }

  return {
    look: async () => {
      const healthy = await ask({ path: '/healthz', answer: station, ms: LOOK_MS });
      if (healthy.kind !== 'yes') return healthy;
      const known = await ask({ path: '/kiosk/v1/tickets', answer: z.array(z.unknown()), ms: LOOK_MS });
      return known.kind === 'yes' ? healthy : known;
    },
    find: (proof, language) =>
      ask({ path: '/kiosk/v1/pickups/find', answer: z.array(ticketView).max(100), body: proof, language }),
    claim: async (key, wish, language) => {
      const answer = await ask({ path: '/kiosk/v1/pickups', answer: collected, body: wish, key, language });
      if (answer.kind !== 'yes') return answer;
      const papers = answer.value.papers.filter(({ ticketNo }) => wish.ticketNos.includes(ticketNo));
      return papers.length === wish.ticketNos.length ? { kind: 'yes', value: papers } : failed('agent.unreadable');
    },
    report: (key, report) => ask({ path: '/kiosk/v1/paper-reports', answer: z.unknown(), body: report, key }),
  };
}

function parsed(text: string): unknown {
  if (text.length > ANSWER_BYTES_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(code: string): Answer<never> {
  return { kind: 'failed', problem: { code } };
}
