import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stopSelling } from '../selling/sale-stops.ts';
import type { AgentStore } from '../store/open-agent-store.ts';
import { loseContinuity } from './lost-continuity.ts';

/** Fences that say nothing about the copies: the link stands still and the station goes on. */
const HARMLESS = new Set(['link.no-common-version', 'link.event-too-large']);

export type Fence = {
  readonly code: string;
  readonly detail: string;
  /** Who found it: a code speaks from the finder's side. */
  readonly by: 'hub' | 'station';
};

/**
 * A fenced station may not sell, also after a restart, until it is welcomed again. Where it is the hub that was restored
 * the station goes on: what it owns is in its own database. True when this is how the station learns that it was restored: the
 * next hello asks for what is lost.
 */
export async function keepFence(store: AgentStore, { code, detail, by }: Fence, since: EpochMs): Promise<boolean> {
  const codes = ['link.we-were-restored', 'link.peer-restored'];
  const [hubRestored, weRestored] = by === 'hub' ? codes : codes.toReversed();
  if (HARMLESS.has(code) || code === hubRestored) return false;
  return store.transaction(async (tx) => {
    await stopSelling(tx, { cause: 'fence', code, detail, since });
    // Whatever the run marker says: this database is not the newest of the station.
    return code === weRestored && loseContinuity(tx, { code: 'station.database-older', detail }, since);
  });
}
