import { refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import { desc } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/**
 * Why the station may not give seats away, kept so that a restart does not forget it: `fence`, the hub or this agent found
 * that the copies do not fit; `continuity`, it is not proven that this database is the newest of the station; `clock`, the hub
 * has not told the time since the machine was started.
 */
export type SaleStopCause = 'fence' | 'continuity' | 'clock';
export type SaleStop = {
  readonly cause: SaleStopCause;
  readonly code: string;
  readonly detail: string;
  readonly since: EpochMs;
};
export type MayNotSell = {
  readonly code: 'station.may-not-sell';
  /** Code of the reason. */
  readonly why: string;
  readonly since: EpochMs;
};

const stops = statement((db, t: AgentTables) =>
  db.select().from(t.saleStops).orderBy(desc(t.saleStops.cause)).limit(value('limit')),
);

/** Every reason why the station may not sell, a fence first: it is what a person looks into. */
export async function saleStops(on: Reader<AgentTables>): Promise<SaleStop[]> {
  return (await stops(on, { limit: 3 })) as SaleStop[];
}

/** The first reason why the station may not sell; null when it may. */
export async function saleStop(on: Reader<AgentTables>): Promise<SaleStop | null> {
  return ((await stops(on, { limit: 1 }))[0] as SaleStop | undefined) ?? null;
}

/**
 * The guard of every verb that gives a seat away: sell, hold, rebook, grant. A stopped station still shows, boards, departs
 * and pays out. Undefined when it may sell. No journal, no sale: what a short disk would not keep is refused here, before
 * money is taken.
 */
export async function whyNotSell({ room }: Pick<Agent, 'room'>, on: Reader<AgentTables>) {
  if (room.short) return refuse({ code: room.short });
  const stop = await saleStop(on);
  return stop
    ? refuse({ code: 'station.may-not-sell', why: stop.code, since: stop.since } satisfies MayNotSell)
    : undefined;
}

/** Stops sales for a cause, or renews its reason; `since` stays that of the first time. */
export async function stopSelling(tx: AgentTx, stop: SaleStop): Promise<void> {
  const { saleStops } = tx.t;
  const { code, detail } = stop;
  await tx.db.insert(saleStops).values(stop).onConflictDoUpdate({ target: saleStops.cause, set: { code, detail } });
}
