/** A bug: the program contradicts itself. It ends the request, never the process, and is never shown as "please retry". */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.facts = facts;
  }
}

/** States what must hold here whatever the input; `facts` go to the log. */
export function invariant(
  condition: unknown,
  message: string,
  facts?: Readonly<Record<string, unknown>>,
): asserts condition {
  if (!condition) throw new InvariantError(message, facts);
}
