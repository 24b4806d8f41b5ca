import { and, eq, sql } from 'drizzle-orm';
import type { Store } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import type { CopiedStream } from './verify-copy.ts';

/**
 * Takes a verified copy on another machine into account: from here on the peers are told that it holds their events up to
 * there (`safe`) and ours (`copied`), and what they need no longer keep they may prune.
 */
export function noteCopy<Tables extends SharedTables>(store: Store<Tables>, streams: readonly CopiedStream[]) {
  return store.transaction(async (tx) => {
    const { streamIn, streamOut } = tx.t;
    for (const { direction, peer, lane, seq } of streams) {
      if (direction === 'out')
        await tx.db
          .update(streamOut)
          .set({ copied: sql`max(${streamOut.copied}, ${seq})` })
          .where(and(eq(streamOut.peer, peer), eq(streamOut.lane, lane)));
      else
        await tx.db
          .update(streamIn)
          .set({ safe: sql`max(${streamIn.safe}, ${seq})` })
          .where(and(eq(streamIn.peer, peer), eq(streamIn.lane, lane)));
    }
  });
}
