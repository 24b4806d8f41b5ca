import type { TripBasis } from '@lianpiao/shared/fsck/find-trip-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { and, eq, inArray } from 'drizzle-orm';
import { HUB } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';

const ENDED: readonly string[] = ['refunded', 'voided', 'rebooked'];

/** An operator who retires a station gives the homes of its living tickets to the hub: nobody is told by a fact. */
export async function heirs({ db, t }: HubReader): Promise<TripBasis['heir']> {
  const { stations } = t;
  const rows = await db.select({ code: stations.code }).from(stations).where(eq(stations.state, 'retired'));
  const retired = new Set(rows.map(({ code }) => code));
  return (home, { state }) => {
    if (!retired.has(home)) return [home];
    return ENDED.includes(state) ? [home, HUB] : [HUB];
  };
}

/** Tickets that the hub, as the home of the old one, has rebooked to another home: written before that home's own word of them. */
export async function rebookedHere({ db, t }: HubReader, { tickets: rows }: TripRecords): Promise<ReadonlySet<string>> {
  const { tickets } = t;
  const from = rows.flatMap(({ rebookedFrom }) => rebookedFrom ?? []);
  const old = await db
    .select({ ticketNo: tickets.ticketNo })
    .from(tickets)
    .where(and(inArray(tickets.ticketNo, from), eq(tickets.home, HUB)));
  const own = new Set(old.map(({ ticketNo }) => ticketNo));
  return new Set(rows.flatMap(({ ticketNo, rebookedFrom }) => (rebookedFrom && own.has(rebookedFrom) ? ticketNo : [])));
}
