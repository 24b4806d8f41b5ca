import { randomBytes } from 'node:crypto';
import { type MacKey, MacKeys, macKeyRow } from '@lianpiao/shared/crypto/mac-keys';
import { hmacSm3 } from '@lianpiao/shared/crypto/sm3';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

/** A key that is not active yet: the station has not used it. The last moment that a date can name. */
const NOT_YET = 8.64e15;

/**
 * MAC keys of the enrolled stations, in memory: they are asked for with every frame.
 *
 * The key after a station's newest is made from the master key and always there, and becomes active when the station first
 * uses it. So the hub signs with a key only when the station has it, whatever was lost on the way; and a hub that was
 * restored from before a rotation still knows the station.
 */
export class StationMacKeys {
  readonly #store: HubStore;
  readonly #masterKey: Uint8Array;
  readonly #keys = new Map<string, { readonly known: MacKeys; readonly next: MacKey; readonly since: EpochMs }>();

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
    const [record] = await db
      .select({ at: t.stations.enrolledAt })
      .from(t.stations)
      .where(eq(t.stations.code, station));
    const known = MacKeys.unwrap(station, rows, this.#masterKey);
    // The first key of a station is active from the beginning of time: it is as old as its enrolment.
    this.#keep(station, known, Math.max(record?.at ?? 0, ...rows.map(({ activeAt }) => activeAt)));
  }

  of = (station: string): MacKeys | undefined => this.#keys.get(station)?.known;

  /** The key that the station should use next, and since when its newest one is in use. */
  next(station: string): { readonly key: MacKey; readonly since: EpochMs } | undefined {
    const keys = this.#keys.get(station);
    return keys && { key: keys.next, since: keys.since };
  }

  /** A frame under that key was proved. The first under the next key makes it the station's newest. */
  async used(station: string, keyNo: number, now: EpochMs): Promise<void> {
    const keys = this.#keys.get(station);
    if (keys?.next.keyNo !== keyNo) return;
    const activeAt = Math.max(now, keys.since);
    const row = macKeyRow(station, { ...keys.next, activeAt }, this.#masterKey, randomBytes(16));
    keys.known.activate(keyNo, activeAt);
    this.#keep(station, keys.known, activeAt);
    await this.#store.transaction((tx) =>
      tx.db
        .insert(tx.t.stationKeys)
        .values({ station, ...row })
        .onConflictDoNothing(),
    );
  }

  #keep(station: string, known: MacKeys, since: EpochMs): void {
    const { keyNo } = known.next(new Uint8Array(), NOT_YET);
    const secret = hmacSm3(this.#masterKey, `lianpiao mac ${station} ${keyNo}`);
    const next = known.next(secret, NOT_YET);
    known.add(next);
    this.#keys.set(station, { known, next, since });
  }
}
