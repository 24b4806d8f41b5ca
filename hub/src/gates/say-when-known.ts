import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventType } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { type Emission, emit } from '@lianpiao/shared/store/streams';
import { restoreWait } from '../restore/restore-waits.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * Says a fact that another party's word has brought about to a station: at once as a rule. A station of an older program, to
 * which an unknown type would stop lane `seat`, hears it when it is upgraded. A hub that was restored says nothing before the
 * station has sent back what the hub once told it: the places behind the hub's head belong to that. Returns the number of the
 * fact on its lane, undefined for one that is kept (`sayUnsaid`).
 */
export async function sayWhenKnown<Type extends EventType>(
  tx: HubTx,
  emission: Emission<Type>,
  now: EpochMs,
): Promise<number | undefined> {
  const { peer: station, type, agg, fact, person } = emission;
  if (await mayHear(tx, station, type)) return emit(tx, emission, now);
  const sealed = { person: person ? Buffer.from(person.sealed) : null, personHash: person?.hash ?? null };
  await tx.db.insert(tx.t.unsaidFacts).values({ station, type, agg, fact: JSON.stringify(fact), at: now, ...sealed });
  return undefined;
}

/** Whether a station can be told this now. */
export async function mayHear(tx: HubTx, station: string, type: EventType): Promise<boolean> {
  const wait = await restoreWait(tx, station);
  return (wait === undefined || wait.untilSeat !== null) && (await speaks(tx, station, type));
}
