import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Choice, Health, Language, Paper, Trouble } from './session.ts';

/** What a passenger does with the screen. */
export type Press =
  | { readonly type: 'start' }
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'erase' }
  | { readonly type: 'submit' }
  | { readonly type: 'toggle'; readonly ticketNo: string }
  | { readonly type: 'turn'; readonly step: 1 | -1 }
  | { readonly type: 'collect' }
  | { readonly type: 'back' }
  | { readonly type: 'quit' }
  | { readonly type: 'stay' }
  | { readonly type: 'finish' }
  | { readonly type: 'speak'; readonly language: Language };

/** What the machine around the screen reports. Answers carry the session that asked: a late one must not reach the next passenger. */
export type Report =
  | { readonly type: 'tick' }
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'card'; readonly idType: string; readonly idNo: string }
  | { readonly type: 'cardTrouble'; readonly code: string }
  | { readonly type: 'found'; readonly session: number; readonly choices: readonly Choice[] }
  | { readonly type: 'notFound'; readonly session: number; readonly problem: Trouble }
  | {
      readonly type: 'claimed';
      readonly session: number;
      readonly reference: string;
      readonly papers: readonly Paper[];
    }
  | { readonly type: 'claimRefused'; readonly session: number; readonly problem: Trouble }
  /** No answer, also not to repeats: whether the agent has handed out is not known. */
  | { readonly type: 'claimLost'; readonly session: number; readonly reference: string }
  | { readonly type: 'papers'; readonly papers: readonly Paper[]; readonly trouble: string | null }
  /** After a restart: a claim of before that has no answer yet, or papers that are not yet printed. */
  | { readonly type: 'resumed'; readonly reference: string; readonly papers: readonly Paper[] | null };

/** `at` is a monotonic time in ms: no clock that somebody sets ends a session. */
export type FlowEvent = (Press | Report) & { readonly at: EpochMs };
