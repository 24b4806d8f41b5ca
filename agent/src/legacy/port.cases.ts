import { fareTable } from '@lianpiao/shared/domain/fare';
import { checkStops } from '@lianpiao/shared/domain/stops';
import { Fault } from '@lianpiao/shared/fault';
import { tripBody } from '@lianpiao/shared/protocol/events';
import { describe, expect, it } from 'vitest';
import { type LegacySource, WINDOW_DAYS_MAX } from './port.ts';
import { SET_ASIDE_TEXT } from './set-aside.ts';
import { FIRST_DAY, NOON } from './testing/temporary-folder.ts';

/**
 * A source with a legacy system behind it that the test can change. The system has at least two trips, among them `G1`, on
 * every day.
 */
export type SourceUnderTest = {
  readonly source: LegacySource;
  readonly station: string;
  /** Makes one fare of `G1` dearer. */
  raiseFare(): Promise<void>;
  /** Spoils `G1` so that it cannot be sold. */
  spoil(): Promise<void>;
  /** Takes the whole system away, and brings it back as it was. */
  vanish(): Promise<void>;
  comeBack(): Promise<void>;
};

/** What every source keeps, whatever stands behind it. */
export function cases(make: () => Promise<SourceUnderTest>): void {
  const week = { from: FIRST_DAY, days: 7 };
  const read = ({ source }: SourceUnderTest) => source.read(week, NOON);

  describe('as every legacy source', () => {
    it('gives trips that can be sold: stops, seats and fares are complete, and each id is there once', async () => {
      const system = await make();
      const { trips } = await read(system);
      expect(trips.length).toBeGreaterThanOrEqual(14);
      expect(new Set(trips.map((trip) => trip.tripId)).size).toBe(trips.length);
      for (const trip of trips) {
        expect(tripBody.safeParse(trip).success).toBe(true);
        expect(checkStops(trip.stops).ok).toBe(true);
        expect(fareTable(trip.fares, trip.stops.length).ok).toBe(true);
        expect(trip.origin).toBe(system.station);
        expect(trip.tripId).toBe(`${system.station}-${trip.serviceDate}-${trip.tripNo}`);
      }
    });

    it('gives the days of the window and no other, in order of departure', async () => {
      const system = await make();
      const { trips } = await read(system);
      const days = [...new Set(trips.map((trip) => trip.serviceDate))];
      expect(days).toEqual(['20260601', '20260602', '20260603', '20260604', '20260605', '20260606', '20260607']);
      expect((await system.source.read({ from: FIRST_DAY, days: 0 }, NOON)).trips).toEqual([]);
      const longest = await system.source.read({ from: FIRST_DAY, days: 9999 }, NOON);
      expect(new Set(longest.trips.map((trip) => trip.serviceDate)).size).toBe(WINDOW_DAYS_MAX);
    });

    it('says the same, with the same digest, as long as nothing changes', async () => {
      const system = await make();
      expect(await system.source.changed(NOON)).toBe(true);
      const first = await read(system);
      expect(await system.source.changed(NOON + 60_000)).toBe(false);
      const second = await system.source.read(week, NOON + 60_000);
      expect(second).toEqual({ ...first, readAt: NOON + 60_000 });
    });

    it('notices a changed fare, and nothing else is then different', async () => {
      const system = await make();
      const before = await read(system);
      await system.raiseFare();
      expect(await system.source.changed(NOON)).toBe(true);
      const after = await read(system);
      expect(after.digest).not.toBe(before.digest);
      const changed = after.trips.filter((trip, index) => JSON.stringify(trip) !== JSON.stringify(before.trips[index]));
      expect(changed.map((trip) => trip.tripNo)).toEqual(Array.from({ length: 7 }, () => 'G1'));
    });

    it('sets a spoilt trip aside with its reason, and the others are read as before', async () => {
      const system = await make();
      const before = await read(system);
      await system.spoil();
      const after = await read(system);
      expect(after.trips).toEqual(before.trips.filter((trip) => trip.tripNo !== 'G1'));
      expect(after.setAsideCount).toBeGreaterThanOrEqual(1);
      for (const entry of after.setAside) {
        expect(entry.text).toBe(SET_ASIDE_TEXT[entry.reason]);
        expect(entry.trip).toBe('G1');
        expect(entry.lines).toContain(entry.line);
      }
    });

    it('throws a fault with a hint when the system is gone, and reads on when it is back', async () => {
      const system = await make();
      const before = await read(system);
      await system.vanish();
      const fault = await system.source.read(week, NOON).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(Fault);
      expect((fault as Fault).detail).toMatchObject({ retryable: true, hint: expect.stringMatching(/./) });
      await system.comeBack();
      expect(await read(system)).toEqual(before);
    });
  });
}
