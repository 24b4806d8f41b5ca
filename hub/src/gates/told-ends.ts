import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { receivedPosition } from '@lianpiao/shared/link/stream-rows';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { and, eq, inArray, lte } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import { sayWhenKnown } from './say-when-known.ts';

type End = EventBody<'hub-ticket.freed'>;

/** The number of a fact that is still to be said: nobody acknowledges it. */
const UNSAID = Number.MAX_SAFE_INTEGER;
/** Ends of one look. */
const ENDS_MAX = 200;

/** Tells a gate that a ticket is dead, and waits for its word. Returns the number of the fact on the gate's seat stream. */
export async function tellEnd(tx: HubTx, gate: string, end: End, now: EpochMs): Promise<number> {
  const fact = { peer: gate, type: 'hub-ticket.freed' as const, agg: end.tripId, fact: end };
  const seq = (await sayWhenKnown(tx, fact, now)) ?? UNSAID;
  const told = { gate, seq, fact: JSON.stringify(end), acknowledged: 0 };
  const { toldEnds } = tx.t;
  await tx.db
    .insert(toldEnds)
    .values({ ticketNo: end.ticketNo, ...told })
    .onConflictDoUpdate({ target: toldEnds.ticketNo, set: told });
  return seq;
}

/** The gate has spoken, or its coach has left: nothing is waited for. */
export async function forgetEnds(tx: HubTx, ticketNos: readonly string[]): Promise<void> {
  const { toldEnds } = tx.t;
  await tx.db.delete(toldEnds).where(inArray(toldEnds.ticketNo, [...ticketNos]));
}

/**
 * A gate of an older program cannot say `ticket.freedSeen`. What it has acknowledged on its seat stream it has applied, and
 * that is its word; `acked` is how far. Not while something of its own is on its way here, which may be a word of its newer program
 * before. Asked when it acknowledges, and for the last time when it is upgraded.
 */
export async function takeForWords(tx: HubTx, gate: string, acked: number): Promise<void> {
  if (await speaks(tx, gate, 'ticket.freedSeen')) return;
  const { stationHeads, toldEnds } = tx.t;
  const own = and(eq(stationHeads.station, gate), eq(stationHeads.lane, 'seat'));
  const [told] = await tx.db.select({ head: stationHeads.head }).from(stationHeads).where(own);
  if ((told?.head ?? 0) > (await receivedPosition(tx, gate, 'seat')).ack) return;
  await tx.db
    .update(toldEnds)
    .set({ acknowledged: 1 })
    .where(and(eq(toldEnds.gate, gate), lte(toldEnds.seq, acked)));
}

/** Ends that gates of older programs have acknowledged, and have nothing more to say about. */
export async function acknowledgedEnds(
  on: HubReader,
): Promise<{ readonly gate: string; readonly fact: EventBody<'ticket.freedSeen'> }[]> {
  const { toldEnds } = on.t;
  const rows = await on.db.select().from(toldEnds).where(eq(toldEnds.acknowledged, 1)).limit(ENDS_MAX);
  return rows.map(({ gate, fact }) => ({ gate, fact: { ...(JSON.parse(fact) as End), seat: 'free' as const } }));
}

/** Gates that owe a word, with how far they have acknowledged their seat stream. */
export async function owingGates(on: HubReader): Promise<{ readonly gate: string; readonly acked: number }[]> {
  const { toldEnds, streamOut } = on.t;
  return on.db
    .selectDistinct({ gate: toldEnds.gate, acked: streamOut.acked })
    .from(toldEnds)
    .innerJoin(
      streamOut,
      and(eq(streamOut.peer, toldEnds.gate), eq(streamOut.lane, 'seat'), lte(toldEnds.seq, streamOut.acked)),
    )
    .where(eq(toldEnds.acknowledged, 0));
}
