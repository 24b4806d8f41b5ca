import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { receivedHash, receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { eventHash } from '@lianpiao/shared/protocol/chain';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import { forkUnderWay } from './fork-under-way.ts';

/** Where the hub's copy of a station's stream ends, and its chain at one place: so the station finds the common point. */
export async function hashHeld(
  on: HubReader,
  station: string,
  { lane, seq }: RequestBody<'stream.hash'>,
): Promise<RequestAnswer<'stream.hash'>> {
  const { ack: head } = await receivedPosition(on, station, lane);
  return { hash: (await receivedHash(on, station, lane, seq)) ?? null, head };
}

/**
 * Keeps rows of the history that was not picked, as they stand, and applies none. Only while the fork is picked; each row once,
 * whatever is sent again.
 */
export function keepDisputed(
  store: HubStore,
  station: string,
  { fork, lane, from, prev, events }: RequestBody<'stream.dispute'>,
  now: EpochMs,
): Promise<Outcome<RequestAnswer<'stream.dispute'>, { readonly code: string }>> {
  return store.transaction(async (tx): Promise<Outcome<RequestAnswer<'stream.dispute'>, { readonly code: string }>> => {
    const known = await forkUnderWay(tx, station);
    if (known?.id !== fork || known.state !== 'picked') return refuse({ code: 'fork.not-known', station });
    const { disputedEvents } = tx.t;
    let hash = prev;
    for (const [place, { person, ...event }] of events.entries()) {
      const seq = from + place;
      const personHash = person?.hash ?? null;
      hash = eventHash(hash, { ...event, seq, personHash });
      const sealed = person ? Buffer.from(person.sealed, 'base64url') : null;
      await tx.db
        .insert(disputedEvents)
        .values({ fork, lane, seq, station, ...event, person: sealed, personHash, hash, state: 'open' })
        .onConflictDoNothing();
    }
    await raiseAlarm(tx, 'fork.disputed', station, `fork ${fork}`, now);
    return done({ kept: from + events.length - 1 });
  });
}
