import type { Clock } from '@lianpiao/shared/clock';
import type { PeerLink } from '@lianpiao/shared/link/peer-link';
import type { PeerRequests } from '@lianpiao/shared/link/peer-requests';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { telemetry } from './heartbeat.ts';
import { finishRecovery } from './recovery.ts';

/** How often unknown outcomes are asked about, in ms. */
const RESOLVE_MS = 5_000;
const RECOVERY_MS = 200;
const TELEMETRY_MS = 60_000;

export type LinkChoresOptions = {
  readonly store: AgentStore;
  readonly clock: Clock;
  readonly agentVersion: string;
  readonly requests: PeerRequests<AgentTables>;
  readonly notKept: (cause: unknown) => void;
  /** Monotonic, in ms. */
  readonly startedAt: number;
};

/** What is done now and then under a lease: telemetry, unknown outcomes of requests, and the end of a recovery. Times are monotonic, in ms. */
export class LinkChores {
  readonly #options: LinkChoresOptions;
  /** A recovery may have to be ended: looked at after each welcome. */
  #recovering = false;
  #recoveredAt = 0;
  #resolvedAt = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: LinkChoresOptions) {
    this.#options = options;
  }

  welcomed(): void {
    this.#recovering = true;
  }

  tick(link: PeerLink<AgentTables>, now: number): void {
    const { requests, notKept } = this.#options;
    if (this.#recovering && now - this.#recoveredAt >= RECOVERY_MS) void this.#finishRecovery(now);
    if (now - this.#toldAt >= TELEMETRY_MS) this.#tell(link, now);
    if (now - this.#resolvedAt < RESOLVE_MS) return;
    this.#resolvedAt = now;
    requests.resolve().catch(notKept);
  }

  #tell(link: PeerLink<AgentTables>, now: number): void {
    const { agentVersion, startedAt } = this.#options;
    if (link.sayBulk(telemetry(link, agentVersion, now - startedAt)) !== 'busy') this.#toldAt = now;
  }

  async #finishRecovery(now: number): Promise<void> {
    const { store, clock, notKept } = this.#options;
    this.#recoveredAt = now;
    try {
      this.#recovering = !(await finishRecovery(store, clock.now()));
    } catch (cause) {
      notKept(cause);
    }
  }
}
