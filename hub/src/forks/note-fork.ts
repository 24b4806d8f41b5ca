import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import { eq } from 'drizzle-orm';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import { forkUnderWay } from './fork-under-way.ts';

/**
 * The hub or the station found that two histories have grown from one copy: keeps what each says of itself, and puts it before a
 * person. Noted once; a copy that comes again renews what it says until a person has picked.
 */
export async function noteFork(tx: HubTx, hello: Hello, detail: string, now: EpochMs): Promise<void> {
  const { st: station, dbId, installId, boot, inc, agentVersion, lanes } = hello;
  const { forks } = tx.t;
  const theirs = JSON.stringify({ dbId, installId, boot, incarnation: inc, agentVersion, lanes });
  const ours = JSON.stringify(await positionsOf(tx, station));
  const known = await forkUnderWay(tx, station);
  if (!known) {
    await tx.db.insert(forks).values({ station, foundAt: now, detail, theirs, ours, state: 'open' });
    await raiseAlarm(tx, 'link.streams-forked', station, detail, now);
  } else if (known.state === 'open')
    await tx.db.update(forks).set({ detail, theirs, ours }).where(eq(forks.id, known.id));
}
