import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { NotOurHistory } from '@lianpiao/shared/link/take-back';
import type { RebuildParts } from './rebuild.ts';
import { rebuild } from './rebuild.ts';

export type RebuildLoopOptions = {
  readonly parts: Omit<RebuildParts, 'now'>;
  /** All is back, or the hub gave no answer: hello is said anew. */
  readonly over: () => void;
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

  begin(now: EpochMs): void {
    this.#running ??= this.#run(now).finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no rebuild is under way. Without a session one ends by itself, and goes on in the next. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(now: EpochMs): Promise<void> {
    const { parts, over, stuck, noted } = this.#options;
    try {
      const rebuilt = await rebuild({ ...parts, now });
      if (rebuilt.ok) noted('station.rebuilt', { events: rebuilt.value });
      else noted('link.rebuild-interrupted', rebuilt.refusal);
      over();
    } catch (cause) {
      const code = cause instanceof NotOurHistory ? cause.code : 'station.not-rebuilt';
      stuck(code, cause instanceof Error ? cause.message : String(cause));
    }
  }
}
