import type { RowOf, SetName } from '@lianpiao/shared/protocol/reference';
import type { HubReader } from '../store/hub-store.ts';

/** Rows of a set as they are now, with the station that they are for where each has its own. */
type Sources = {
  readonly [Name in SetName]: (on: HubReader) => Promise<readonly { row: RowOf<Name>; station?: string }[]>;
};

/** Where the hub keeps what it publishes. */
export const SOURCES: Sources = {
  'ticket-keys': async ({ db, t }) =>
    (await db.select().from(t.ticketKeys)).map(({ keyNo, owner, publicKey, revoked }) => ({
      row: { keyNo, owner, publicKey, revoked: revoked === 1 },
    })),
  rules: async ({ db, t }) =>
    (await db.select().from(t.rules)).map(({ version, validFrom, validTo, body }) => ({
      row: { version, validFrom, validTo, body: JSON.parse(body) },
    })),
  allotments: async ({ db, t }) =>
    (await db.select().from(t.allotments)).map(({ station, line, seats, lowWater }) => ({
      row: { line, seats, lowWater },
      station,
    })),
};
