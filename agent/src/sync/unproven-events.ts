import type { Lane } from '@lianpiao/shared/protocol/events';
import { appendEvent, forgetHead } from '@lianpiao/shared/store/streams';
import { and, asc, eq, gt } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { type ProvenHeads, provenHeads } from './lost-continuity.ts';

/** Seat plans before the sales in them: what comes of an older plan is translated, as on a living link. */
export const ORDER: readonly Lane[] = ['seat', 'ev'];

/** Takes what was written without proof out of the stream, whose next places belong to what is lost. */
export async function setUnprovenAside(tx: AgentTx, lane: Lane, proven: ProvenHeads): Promise<void> {
  const { outbox, streamOut, unprovenEvents } = tx.t;
  const { seq, hash } = proven[lane];
  const behind = and(eq(outbox.peer, HUB), eq(outbox.lane, lane), gt(outbox.seq, seq));
  const rows = await tx.db.select().from(outbox).where(behind).orderBy(asc(outbox.seq));
  if (rows.length === 0) return;
  for (const { type, tv, at, agg, fact, person, personHash } of rows)
    await tx.db.insert(unprovenEvents).values({ lane, type, tv, at, agg, fact, person, personHash });
  await tx.db.delete(outbox).where(behind);
  await tx.db
    .update(streamOut)
    .set({ next: seq + 1, headHash: hash })
    .where(and(eq(streamOut.peer, HUB), eq(streamOut.lane, lane)));
  forgetHead(tx, HUB, lane);
}

/** Everything is back: what was set aside follows it, under new sequence numbers. False where continuity is proven. */
export async function appendUnproven(tx: AgentTx): Promise<boolean> {
  const proven = await provenHeads(tx);
  if (!proven) return false;
  for (const lane of ORDER) if (await hasAside(tx, lane)) await setUnprovenAside(tx, lane, proven);
  const { unprovenEvents } = tx.t;
  for (const row of await tx.db.select().from(unprovenEvents).orderBy(asc(unprovenEvents.id)))
    await appendEvent(tx, HUB, row.lane as Lane, row);
  await tx.db.delete(unprovenEvents);
  return true;
}

async function hasAside(tx: AgentTx, lane: Lane): Promise<boolean> {
  const { unprovenEvents } = tx.t;
  const [row] = await tx.db.select().from(unprovenEvents).where(eq(unprovenEvents.lane, lane)).limit(1);
  return row !== undefined;
}
