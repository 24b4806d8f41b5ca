import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import type { ListedStation } from './import-station-list.ts';

/** Stations in one transaction. */
const STATIONS_PER_COMMIT = 500;

/**
 * Keeps a directory of stations: new ones are added, known ones brought up to it, none deleted. Places that coaches call at
 * get the pinyin of the station of their name, as a proposal, where they have none.
 */
export async function keepStationList(store: HubStore, stations: readonly ListedStation[]): Promise<number> {
  for (let first = 0; first < stations.length; first += STATIONS_PER_COMMIT) {
    await store.transaction(async (tx) => {
      const { stationDirectory, stops } = tx.t;
      for (const { regionCode, city, name, pinyin, address } of stations.slice(first, first + STATIONS_PER_COMMIT)) {
        const row = { sourceId: `${regionCode} ${name}`, region: regionCode, city, name, pinyin, address };
        await tx.db
          .insert(stationDirectory)
          .values(row)
          .onConflictDoUpdate({ target: stationDirectory.sourceId, set: row });
        const [stop] = await tx.db.select({ pinyin: stops.pinyin }).from(stops).where(eq(stops.name, name)).limit(1);
        if (stop?.pinyin === '') await tx.db.update(stops).set({ pinyin }).where(eq(stops.name, name));
      }
    });
  }
  return stations.length;
}
