import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Beat } from '@lianpiao/shared/protocol/messages';
import type { Hub } from './hub.ts';
import { raiseAlarm } from './raise-alarm.ts';
import type { HubTx } from './store/hub-store.ts';

type Word = NonNullable<Beat['disk']>;

/** Looks at the hub's own disk. Filling, it is put before a person; short, channels are refused and stations are paused. */
export async function watchDisk({ room, store, clock }: Pick<Hub, 'room' | 'store' | 'clock'>, folder: string) {
  const word = await room.look(store, folder, performance.now());
  if (word.filling || word.unsafe) await store.transaction((tx) => noteDisk(tx, 'hub', word, clock.now()));
}

/** What a station's heartbeat or this hub says of its disk. An alarm that a person has closed comes again while it is true. */
export async function noteDisk(
  tx: HubTx,
  subject: string,
  { short, filling, unsafe, mirror, ...bytes }: Word,
  now: EpochMs,
) {
  if (unsafe) await raiseAlarm(tx, 'stream.not-safe', subject, 'acknowledged for 31 days and in no verified copy', now);
  if (mirror === 'failed') await raiseAlarm(tx, 'journal.mirror-failed', subject, '', now);
  if (!filling) return;
  const code = short ? 'disk.stops-sales' : 'disk.filling';
  await raiseAlarm(tx, code, subject, `${short ?? ''} queued ${bytes.queuedBytes} free ${bytes.freeBytes}`.trim(), now);
}
