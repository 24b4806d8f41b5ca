import { join } from 'node:path';
import type { HubTables } from '@lianpiao/hub/store/tables';
import { freshHub } from '@lianpiao/hub/testing/fresh-hub';
import { allLegs } from '@lianpiao/shared/domain/legs';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { know } from '@lianpiao/shared/store/seats/seat-rows';
import type { Store } from '@lianpiao/shared/store/store';
import { NOON } from '@lianpiao/shared/testing/builders';
import { copySchema, insertAll, type Row } from './bare-rows.ts';
import type { BenchResult } from './result.ts';
import { median } from './sale.ts';

const ROUNDS = 5;
const TRIPS = 500;
const SEATS = 45;
const STOPS = 10;
/** A ride of one leg and one of five, in turn: the choice among seats that are partly claimed is part of the verb. */
const RIDES = [
  [0, 5],
  [5, 6],
] as const;
const CLAIMS = TRIPS * 40;
/** Claims that wait at once: as many as go into one commit. */
const CALLERS = 200;

/**
 * `claimSeats` on the hub's store, as many callers at once as share a commit, against the three statements that a claim
 * cannot do without, bare: which seats are free for the ride, the guarded update of the one that was chosen, the row of its
 * hold; in transactions of the same size, on the same tables and indexes. The first round warms up and does not count.
 */
export async function claimsBench(): Promise<BenchResult> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const hub = await freshHub();
    await stock(hub.store);
    const startedAt = performance.now();
    await claimAll(hub.store);
    const rate = (CLAIMS / (performance.now() - startedAt)) * 1000;
    const bareRate = await bareClaims(join(hub.folder, 'hub.sqlite'), join(hub.folder, 'bare.sqlite'));
    await hub.end();
    if (round === 0) continue;
    ours.push(rate);
    bare.push(bareRate);
    console.log(`round ${round}: claims ${Math.round(rate)}/s, bare statements ${Math.round(bareRate)}/s`);
  }
  return { name: 'claims', ours: median(ours), limit: median(bare), unit: 'claims/s' };
}

const tripId = (index: number) => `330100001-20261122-K${index}`;

async function stock(store: Store<HubTables>): Promise<void> {
  const mine = allLegs(STOPS);
  await store.transaction(async (tx) => {
    for (let trip = 0; trip < TRIPS; trip += 1)
      for (let seat = 1; seat <= SEATS; seat += 1) {
        const label = String(seat).padStart(2, '0');
        await know(tx, { tripId: tripId(trip), seat: label, position: seat, epoch: 1, mine });
      }
  });
}

async function claimAll(store: Store<HubTables>): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next < CLAIMS) {
      const index = next;
      next += 1;
      const [from, to] = RIDES[Math.floor(index / TRIPS) % 2]!;
      const ride = { tripId: tripId(index % TRIPS), from, to, count: 1 };
      const holder = { holdId: `hold-${index}`, caller: `web-${index % 5000}`, callerSeatsMax: CLAIMS };
      const claimed = await store.transaction((tx) =>
        claimSeats(tx, { ...ride, ...holder, expiresAt: NOON + 600_000 }, NOON),
      );
      if (!claimed.ok) throw new Error(claimed.refusal.code);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

async function bareClaims(from: string, file: string): Promise<number> {
  const bare = copySchema(from, file);
  bare.exec(`ATTACH '${from}' AS ours`);
  bare.exec('INSERT INTO seats SELECT * FROM ours.seats');
  bare.exec('UPDATE seats SET held = 0');
  const holds = bare.prepare('SELECT * FROM ours.holds ORDER BY length(hold_id), hold_id').all() as Row[];
  bare.exec('DETACH ours');
  const insert = bare.prepare(insertAll('holds', Object.keys(holds[0]!)));
  const claim = bare.prepare(`UPDATE seats SET held = held | @legs WHERE trip_id = @trip AND seat = @seat
    AND ((held | sold | freed | blocked) & @legs) = 0 AND (mine & @legs) = @legs`);
  const free = bare
    .prepare(`SELECT seat, mine & ~(held | sold | freed | blocked) FROM seats WHERE trip_id = @trip
    AND ((held | sold | freed | blocked) & @legs) = 0 AND (mine & @legs) = @legs ORDER BY position`)
    .raw(true);
  const claims = holds.map((row) => ({
    trip: row.trip_id,
    seat: (JSON.parse(String(row.seats)) as string[])[0],
    legs: 2 ** Number(row.to_stop) - 2 ** Number(row.from_stop),
    row: Object.values(row),
  }));
  const startedAt = performance.now();
  for (let first = 0; first < claims.length; first += CALLERS) {
    bare
      .transaction(() => {
        for (const { row, ...seat } of claims.slice(first, first + CALLERS)) {
          free.all(seat);
          if (claim.run(seat).changes !== 1) throw new Error('a seat was claimed twice');
          insert.run(row);
        }
      })
      .immediate();
    await new Promise((next) => setImmediate(next));
  }
  const rate = (claims.length / (performance.now() - startedAt)) * 1000;
  bare.close();
  return rate;
}
