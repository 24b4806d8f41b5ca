import { headsOf } from '@lianpiao/shared/link/stream-rows';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { HUB } from '../agent.ts';
import type { AgentStore } from '../store/open-agent-store.ts';

/** How often the outbox is looked at for new rows while there are commits, in ms. */
const LOOK_MS = 20;

/** Notices rows that verbs have added to the outbox. A station where nothing is committed asks its database nothing. */
export class OutboxWatch {
  readonly #store: AgentStore;
  readonly #appended: (lane: Lane, head: number) => void;
  #lookedOn = Number.NEGATIVE_INFINITY;
  /** Commits of the store when it was last looked. */
  #commits = -1;
  #looking = false;

  constructor(store: AgentStore, appended: (lane: Lane, head: number) => void) {
    this.#store = store;
    this.#appended = appended;
  }

  /** True when it is time to look. `now` is monotonic, in ms. */
  due(now: number): boolean {
    return now - this.#lookedOn >= LOOK_MS;
  }

  async look(now: number): Promise<void> {
    const commits = this.#store.commits();
    if (this.#looking || commits === this.#commits) return;
    this.#looking = true;
    this.#lookedOn = now;
    this.#commits = commits;
    for (const { peer, lane, head } of await headsOf(this.#store.read)) if (peer === HUB) this.#appended(lane, head);
    this.#looking = false;
  }
}
