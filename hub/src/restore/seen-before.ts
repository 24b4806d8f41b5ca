import type { EventBody } from '@lianpiao/shared/protocol/events';
import { dropMeta } from '@lianpiao/shared/store/meta-rows';
import type { HubTx } from '../store/hub-store.ts';

/** Key of `meta`, by ticket: the gate's word was passed on in the part of the database that was lost. */
const SEEN = 'freed-seen/';

type Seen = EventBody<'ticket.freedSeen'>;

/** The seller of a ticket has been told that its seat is free: the gate's own word, which comes again, is not passed on again. */
export async function noteSeen(tx: HubTx, { ticketNo, seat }: Seen): Promise<void> {
  if (seat !== 'free') return;
  const { meta } = tx.t;
  await tx.db
    .insert(meta)
    .values({ key: SEEN + ticketNo, value: seat })
    .onConflictDoNothing();
}

/** True once for a word that was noted: the seat may have been sold since, to somebody whose own end is still under way. */
export async function wasSeen(tx: HubTx, { ticketNo, seat }: Seen): Promise<boolean> {
  if (seat !== 'free') return false;
  return dropMeta(tx, SEEN + ticketNo);
}
