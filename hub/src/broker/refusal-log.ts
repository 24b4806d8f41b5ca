/** One line of the log. */
export type Note = { readonly event: string } & Readonly<Record<string, unknown>>;

/** How often the same refusal is written again, in milliseconds. */
const REPEAT_MS = 30_000;

/**
 * Writes the first refusal of a kind at once and the following ones as a count, so that a flood of bad connections does
 * not become a flood of lines.
 */
export class RefusalLog {
  readonly #write: (note: Note) => void;
  readonly #kinds = new Map<string, { at: number; count: number }>();

  constructor(write: (note: Note) => void) {
    this.#write = write;
  }

  note(code: string, facts: Readonly<Record<string, unknown>>, now: number): void {
    const kind = this.#kinds.get(code);
    if (kind && now - kind.at < REPEAT_MS) {
      kind.count += 1;
      return;
    }
    this.#write({ event: 'connection.refused', code, ...facts, ...(kind ? { countSince: kind.count } : {}) });
    this.#kinds.set(code, { at: now, count: 1 });
  }
}
