/** An answer to a search: good while the place where it begins has this version, and until then. */
export type KeptAnswer = { readonly version: number; readonly until: number; readonly body: string };

/** Characters of all answers of one generation. Chinese text takes two bytes each: 128 MB in all at most. */
const CHARACTERS_MAX = 32 << 20;

/**
 * Answers that may be asked for again, and no more than fit: when a generation is full, the one before it is forgotten.
 * Whoever asks for the popular lines gets a kept answer, and whoever asks for every pair of stops fills no memory.
 */
export class KeptAnswers {
  #young = new Map<string, KeptAnswer>();
  #old = new Map<string, KeptAnswer>();
  #characters = 0;

  get(question: string): KeptAnswer | undefined {
    return this.#young.get(question) ?? this.#old.get(question);
  }

  keep(question: string, answer: KeptAnswer): void {
    this.#characters += answer.body.length;
    if (this.#characters > CHARACTERS_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = answer.body.length;
    }
    this.#young.set(question, answer);
  }
}
