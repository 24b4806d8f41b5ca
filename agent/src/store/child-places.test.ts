import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq, gte } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { aSale } from '../testing/a-sale.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';

it('an upgrade gives trips on sale the places that no child has been sold yet, and small coaches none', async () => {
  const agent = await freshAgent();
  const [big, small, long] = [
    aTrip({ tripNo: 'K1', seatCount: 45 }),
    aTrip({ tripNo: 'K2', seatCount: 9 }),
    aTrip({ tripNo: 'K3', seatCount: 20, stops: Array.from({ length: 49 }, (_, index) => `站${index}`) }),
  ];
  await importTrips(agent, [big, small, long], NOON);
  const { tickets } = await aSale(agent, { trip: big, count: 2 });
  await agent.store.transaction(async (tx) => {
    const { seats, tickets: rows } = tx.t;
    await tx.db.delete(seats).where(gte(seats.position, 1000));
    // Sold by the earlier version: a label without a place, one of the two already given back.
    for (const [index, { ticketNo }] of tickets.entries()) {
      const state = index === 0 ? 'sold' : 'voided';
      const child = { fareType: 'freeChild', seat: `C${index + 1}`, state };
      await tx.db.update(rows).set(child).where(eq(rows.ticketNo, ticketNo));
    }
    const migration = join(import.meta.dirname, 'migrations', 'sqlite', '1050-child-places.sql');
    await tx.engine.prepare(readFileSync(migration, 'utf8')).run([]);
  });
  const places = async (tripId: string) =>
    (await placesOfTrip(agent.store.read, tripId)).map(({ seat, mine }) => [seat, mine]);
  expect(await places(big.tripId)).toEqual([
    ['C3', 0b11],
    ['C4', 0b11],
    ['C5', 0b11],
  ]);
  expect(await places(small.tripId)).toEqual([]);
  expect(await places(long.tripId)).toEqual([
    ['C1', 2 ** 48 - 1],
    ['C2', 2 ** 48 - 1],
  ]);
  await agent.end();
});
