import type { Lane } from '../protocol/events.ts';
import type { RequestAnswer } from '../protocol/requests.ts';
import { BATCH_EVENTS_MAX, batchLength } from '../protocol/stream-sender.ts';
import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { onTheWire, wireBytes } from './outbox-reader.ts';
import { receivedFrom, receivedPosition } from './stream-rows.ts';

/**
 * What a peer once sent, for the peer itself: it was restored from a backup and has lost it. As much as fits one answer, byte
 * for byte as it came, so that its chain is what it was.
 */
export async function sendBack(
  on: Reader<SharedTables>,
  peer: string,
  { lane, from }: { readonly lane: Lane; readonly from: number },
): Promise<RequestAnswer<'stream.back'>> {
  const rows = await receivedFrom(on, peer, lane, from, BATCH_EVENTS_MAX);
  const part = rows.slice(0, rows.length === 0 ? 0 : batchLength(rows, wireBytes));
  const hash = part.at(-1)?.hash ?? (await receivedPosition(on, peer, lane)).hash;
  return { events: part.map(onTheWire), hash };
}
