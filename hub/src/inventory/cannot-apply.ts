/**
 * A fact that is understood and cannot be applied here: it speaks of a ticket or trip that has not come, or of one that is
 * not its station's. It is true all the same, so it parks its aggregate's queue until a person has seen to it.
 */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(`${code} ${JSON.stringify(facts)}`);
    this.code = code;
    this.facts = facts;
  }
}
