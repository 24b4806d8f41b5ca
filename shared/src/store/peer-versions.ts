import { eq, sql } from 'drizzle-orm';
import type { EpochMs } from '../domain/service-day.ts';
import { type EventType, sinceOf } from '../protocol/events.ts';
import { MINOR_OLDEST } from '../protocol/versions.ts';
import { statement, value } from './statement.ts';
import type { Reader, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

const agreed = statement((db, t: SharedTables) =>
  db
    .select({ minor: t.peerVersions.minor })
    .from(t.peerVersions)
    .where(eq(t.peerVersions.peer, value('peer'))),
);

const agree = statement((db, t: SharedTables) =>
  db
    .insert(t.peerVersions)
    .values({ peer: value('peer'), minor: value('minor'), agreedAt: value('now') })
    .onConflictDoUpdate({
      target: t.peerVersions.peer,
      set: { minor: sql`${value('minor')}`, agreedAt: sql`${value('now')}` },
    }),
);

/** Writes down what hello and welcome agreed upon. It may be lower than before: a peer was put back to an older program. */
export async function keepAgreedMinor(tx: Tx<SharedTables>, peer: string, minor: number, now: EpochMs): Promise<void> {
  await agree(tx, { peer, minor, now });
}

/**
 * Does the peer know this type of event, as far as was last agreed upon? Who changes a seat asks before it emits: on lane
 * `seat` an unknown type stops the lane, on lane `ev` it only parks what it is about.
 */
export async function speaks(on: Reader<SharedTables>, peer: string, type: EventType): Promise<boolean> {
  const since = sinceOf(type);
  if (since <= MINOR_OLDEST) return true;
  return since <= ((await agreed(on, { peer }))[0]?.minor ?? MINOR_OLDEST);
}
