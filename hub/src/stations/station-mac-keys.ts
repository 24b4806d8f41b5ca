import { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

/** MAC keys of the enrolled stations, in memory: they are asked for with every frame. */
export class StationMacKeys {
  readonly #store: HubStore;
  readonly #masterKey: Uint8Array;
  readonly #keys = new Map<string, MacKeys>();

  constructor(store: HubStore, masterKey: Uint8Array) {
    this.#store = store;
    this.#masterKey = masterKey;
  }

  /** Reads the keys of every enrolled station. */
  async loadAll(): Promise<void> {
    const { db, t } = this.#store.read;
    const enrolled = await db
      .select({ code: t.stations.code })
      .from(t.stations)
      .where(eq(t.stations.state, 'enrolled'));
    for (const { code } of enrolled) await this.load(code);
  }

  async load(station: string): Promise<void> {
    const { db, t } = this.#store.read;
    const rows = await db.select().from(t.stationKeys).where(eq(t.stationKeys.station, station));
    this.#keys.set(station, MacKeys.unwrap(station, rows, this.#masterKey));
  }

  of = (station: string): MacKeys | undefined => this.#keys.get(station);
}
