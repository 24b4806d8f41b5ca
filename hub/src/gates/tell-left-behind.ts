import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { sayWhenKnown } from './say-when-known.ts';
import { forgetEnds } from './told-ends.ts';

type Left = {
  readonly tripId: string;
  readonly stop: number;
  readonly at: EpochMs;
  readonly bizDate: string;
  readonly gate: string;
};

/**
 * The coach has left a stop, and these ended tickets of other stations were not aboard: whoever refunded one may pay it out,
 * whether or not the gate ever answered. Their seats have left too.
 */
export async function tellLeftBehind(
  tx: HubTx,
  { tripId, stop, at, bizDate, gate }: Left,
  now: EpochMs,
): Promise<void> {
  const { tickets } = tx.t;
  const ended = await tx.db
    .select({ ticketNo: tickets.ticketNo, state: tickets.state })
    .from(tickets)
    .where(
      and(
        eq(tickets.tripId, tripId),
        eq(tickets.fromStop, stop),
        inArray(tickets.state, ['refunded', 'voided', 'rebooked']),
        isNull(tickets.boardedAt),
      ),
    );
  await forgetEnds(
    tx,
    ended.map(({ ticketNo }) => ticketNo),
  );
  for (const { ticketNo, state } of ended) {
    const issuer = issuerOf(ticketNo);
    if (issuer === gate || issuer === HUB_STATION) continue;
    const ending = state as EventBody<'ticket.freedSeen'>['state'];
    const fact = { ticketNo, tripId, at, bizDate, by: gate, state: ending, seat: 'kept' as const };
    await sayWhenKnown(tx, { peer: issuer, type: 'ticket.freedSeen', agg: tripId, fact }, now);
  }
}
