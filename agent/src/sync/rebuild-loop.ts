import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { NotOurHistory } from '@lianpiao/shared/link/take-back';
import { type GiveUpParts, giveUpHistory } from './give-up-history.ts';
import type { RebuildParts } from './rebuild.ts';
import { rebuild } from './rebuild.ts';

export type RebuildLoopOptions = {
  readonly parts: Omit<RebuildParts, 'now'> & GiveUpParts;
  /** All is back, or the hub gave no answer: hello is said anew. */
  readonly over: () => void | Promise<void>;
  /** It cannot go on: a person has to look. */
  readonly stuck: (code: string, detail: string) => void;
  readonly noted: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};

/**
 * Runs rebuilds under the link, one at a time: the hub holds what this station has lost, and nothing runs under that lease but
 * its return.
 */
export class RebuildLoop {
  readonly #options: RebuildLoopOptions;
  #running: Promise<void> | undefined;

  constructor(options: RebuildLoopOptions) {
    this.#options = options;
  }

  /** `fork`: a person has picked the hub's history in it, and what is the station's own goes first. */
  begin(now: EpochMs, fork?: number): void {
    this.#running ??= this.#run(now, fork).finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no rebuild is under way. Without a session one ends by itself, and goes on in the next. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(now: EpochMs, fork: number | undefined): Promise<void> {
    const { parts, over, stuck, noted } = this.#options;
    try {
      const done = fork === undefined ? await rebuild({ ...parts, now }) : await giveUpHistory(parts, fork, now);
      if (!done.ok) noted('link.rebuild-interrupted', done.refusal);
      else noted(fork === undefined ? 'station.rebuilt' : 'station.history-given-up', { events: done.value });
      await over();
    } catch (cause) {
      const code = cause instanceof NotOurHistory ? cause.code : 'station.not-rebuilt';
      stuck(code, cause instanceof Error ? cause.message : String(cause));
    }
  }
}
