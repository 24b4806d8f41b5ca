import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, ne } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type Fork = HubTables['forks']['$inferSelect'];

const underWay = statement((db, { forks }: HubTables) =>
  db
    .select()
    .from(forks)
    .where(and(eq(forks.station, value('station')), ne(forks.state, 'over'))),
);

/** The fork of a station that is not over. */
export async function forkUnderWay(on: HubReader, station: string): Promise<Fork | undefined> {
  return (await underWay(on, { station }))[0];
}

/** The fork in which this station still has to give its history up; undefined where it has, or nobody has picked. */
export async function forkToGiveUp(on: HubReader, { st: station, gaveUp }: Hello): Promise<number | undefined> {
  const fork = await forkUnderWay(on, station);
  return fork?.state === 'picked' && gaveUp !== fork.id ? fork.id : undefined;
}

/** The station has given its history up, has the hub's, and begins a new life. */
export async function endFork(tx: HubTx, { st: station, gaveUp }: Hello, now: EpochMs): Promise<void> {
  const { forks } = tx.t;
  if (gaveUp === undefined) return;
  await tx.db
    .update(forks)
    .set({ state: 'over', endedAt: now })
    .where(and(eq(forks.id, gaveUp), eq(forks.station, station), eq(forks.state, 'picked')));
}
