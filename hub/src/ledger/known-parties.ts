import { statement, value } from '@lianpiao/shared/store/statement';
import { eq } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** Party that runs the network, and the party that covers passengers who bought insurance. */
export const PLATFORM = 'platform';
export const INSURER = 'insurer-1';

export type PartyKind = 'carrier' | 'station' | 'channel' | 'insurer' | 'platform';

const insert = statement((db, t: HubTables) =>
  db
    .insert(t.parties)
    .values({ id: value('id'), kind: value('kind'), name: value('name') })
    .onConflictDoNothing(),
);

const byId = statement((db, t: HubTables) =>
  db
    .select({ id: t.parties.id })
    .from(t.parties)
    .where(eq(t.parties.id, value('id'))),
);

const stationName = statement((db, t: HubTables) =>
  db
    .select({ name: t.stations.name })
    .from(t.stations)
    .where(eq(t.stations.code, value('code'))),
);

const channelName = statement((db, t: HubTables) =>
  db
    .select({ name: t.channels.name })
    .from(t.channels)
    .where(eq(t.channels.id, value('id'))),
);

/** Enters a party at its first appearance. One that is known keeps the name that it has. */
export async function knowParty(tx: HubTx, id: string, kind: PartyKind, name?: string): Promise<void> {
  if ((await byId(tx, { id })).length > 0) return;
  await insert(tx, { id, kind, name: name ?? (await nameOf(tx, id, kind)) });
}

/** A seller is a station, known by its nine digits, or a channel. */
export function kindOfSeller(id: string): PartyKind {
  return /^\d{9}$/.test(id) ? 'station' : 'channel';
}

async function nameOf(on: HubReader, id: string, kind: PartyKind): Promise<string> {
  if (kind === 'station') return (await stationName(on, { code: id }))[0]?.name ?? id;
  if (kind === 'channel') return (await channelName(on, { id }))[0]?.name ?? id;
  return id;
}
