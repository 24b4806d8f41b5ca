import type { Problem } from '../protocol/ticketing.ts';
import type { Language } from './format.ts';
import { type Gaps, gapsOf, type Words } from './i18n.ts';

/** A refusal or fault in the order in which a person asks: what happened, why, what to do next, and the code for support. */
export type ProblemText = {
  readonly what: string;
  readonly why: string | null;
  readonly next: string | null;
  readonly code: string;
};

/**
 * Words for a problem. The screen's own catalogue speaks first, because it knows the keys of the screen, but only when the
 * facts fill every gap of its sentence; otherwise what the server said is shown, which is in the reader's language too.
 */
export function problemText(
  problem: Pick<Problem, 'code'> & Partial<Problem>,
  words: Pick<Words, 'find' | 't'>,
): ProblemText {
  const gaps = textFacts(problem.facts ?? {});
  const own = (part: string) => {
    const text = words.find(`problem.${problem.code}${part}`, gaps);
    return text !== null && gapsOf(text).length === 0 ? text : null;
  };
  const what = own('') ?? nonEmpty(problem.title) ?? words.t('problem.unnamed');
  const why = own('.why') ?? nonEmpty(problem.detail);
  return {
    what,
    why: why === what ? null : why,
    // A server's title without a hint is a whole sentence that says the step too.
    next:
      own('.next') ??
      nonEmpty(problem.hint) ??
      (nonEmpty(problem.title) === null ? words.t('problem.unnamed.next') : null),
    code: problem.code,
  };
}

/** What happened and what to do in one line, for places beside a field. */
export function problemLine(text: ProblemText, language: Language): string {
  if (text.next === null) return text.what;
  const what = text.what.replace(/[。.]$/, '');
  return language === 'zh' ? `${what}。${text.next}` : `${what}. ${text.next}`;
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text;
}

function textFacts(facts: Readonly<Record<string, unknown>>): Gaps {
  const gaps: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(facts))
    if (typeof value === 'string' || typeof value === 'number') gaps[name] = value;
  return gaps;
}
