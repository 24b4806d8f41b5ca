import { NotOurHistory } from '@lianpiao/shared/link/take-back';
import type { RebuildParts } from './rebuild.ts';
import { rebuild } from './rebuild.ts';

export type RebuildEnds = {
  /** All is back, or the hub gave no answer: hello is said anew. */
  readonly over: () => void;
  /** It cannot go on: a person has to look. */
  readonly stuck: (code: string, detail: string) => void;
  readonly noted: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

/** Runs rebuilds under the link, one at a time. */
export class RebuildLoop {
  readonly #ends: RebuildEnds;
  #running: Promise<void> | undefined;

  constructor(ends: RebuildEnds) {
    this.#ends = ends;
  }

  begin(parts: RebuildParts): void {
    this.#running ??= this.#run(parts).finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no rebuild is under way. Without a session one ends by itself, and goes on in the next. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(parts: RebuildParts): Promise<void> {
    const { over, stuck, noted } = this.#ends;
    try {
      const rebuilt = await rebuild(parts);
      if (rebuilt.ok) noted('station.rebuilt', { events: rebuilt.value });
      else noted('link.rebuild-interrupted', rebuilt.refusal);
      over();
    } catch (cause) {
      const code = cause instanceof NotOurHistory ? cause.code : 'station.not-rebuilt';
      stuck(code, cause instanceof Error ? cause.message : String(cause));
    }
  }
}
