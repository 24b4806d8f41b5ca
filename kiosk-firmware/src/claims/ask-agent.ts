import type { TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import type { AgentClient, Answer } from '../agent-client.ts';
import type { Language, Trouble } from '../flow/session.ts';
import type { OpenClaim } from './open-claim.ts';

/** So long a claim without answer is repeated under its key, and so long between two tries, in ms. */
export const REPEAT_MS = 30_000;
const PAUSE_MS = 2_000;

export type ClaimAnswer =
  | { readonly kind: 'papers'; readonly papers: readonly TicketPaper[] }
  | { readonly kind: 'no'; readonly problem: Trouble }
  /** No answer to any of the repeats. */
  | { readonly kind: 'lost' }
  /** The kiosk is being switched off: the claim goes on after the next start. */
  | { readonly kind: 'stopped' };

/** Asks for the papers of a claim until there is an answer, within limits. */
export async function askAgent(
  agent: AgentClient,
  { claimId, wish }: OpenClaim,
  language: Language,
  run: { readonly monotonic: () => number; readonly signal: AbortSignal },
): Promise<ClaimAnswer> {
  const until = run.monotonic() + REPEAT_MS;
  while (!run.signal.aborted) {
    const answer: Answer<TicketPaper[]> = await agent.claim(claimId, wish, language);
    if (answer.kind === 'yes') return { kind: 'papers', papers: answer.value };
    if (answer.kind === 'no') return answer;
    if (run.monotonic() >= until) return { kind: 'lost' };
    await pause(PAUSE_MS, run.signal);
  }
  return { kind: 'stopped' };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
