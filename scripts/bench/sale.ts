import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { call, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { bareSales } from './bare-sales.ts';
import { letHoldMany } from './many-holds.ts';
import type { BenchResult } from './result.ts';

const ROUNDS = 5;
const TRIPS = 70;
const SALES_PER_TRIP = 40;
const DOCUMENTS = ['resident', 'temporaryResident', 'householdRegister'] as const;

type FreshAgent = Awaited<ReturnType<typeof freshAgent>>;

/**
 * The whole sell verb, durable, against exactly the rows it wrote, written again bare with prepared better-sqlite3
 * statements into the same tables with the same indexes and pragmas, as many sales a transaction as the product put into
 * one. The figure is one counter that sells one ticket after the other; sixteen counters at once are printed beside it.
 * The first round warms up and does not count.
 */
export async function saleBench(): Promise<BenchResult> {
  const many = await rounds(16);
  console.log(
    `16 counters at once: sell verb ${Math.round(many.ours)}/s, bare rows ${Math.round(many.limit)}/s, ratio ${(many.ours / many.limit).toFixed(2)}`,
  );
  const one = await rounds(1);
  return { name: 'sale', ours: one.ours, limit: one.limit, unit: 'sales/s' };
}

async function rounds(callers: number): Promise<{ ours: number; limit: number }> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const agent = await freshAgent();
    const holds = await makeHolds(agent);
    const startedAt = performance.now();
    await sellAll(agent, holds, callers);
    const sold = (holds.length / (performance.now() - startedAt)) * 1000;
    const written = await bareSales(agent, callers);
    await agent.end();
    if (round === 0) continue;
    ours.push(sold);
    bare.push(written);
    console.log(
      `${callers} at once, round ${round}: sell verb ${Math.round(sold)}/s, bare rows ${Math.round(written)}/s`,
    );
  }
  return { ours: median(ours), limit: median(bare) };
}

async function makeHolds(agent: FreshAgent): Promise<string[]> {
  const trips = Array.from({ length: TRIPS }, (_, index) =>
    aTrip({ tripNo: `T${index}`, departs: 13 * 60 + index * 5 }),
  );
  await importTrips(agent, trips, NOON);
  await letHoldMany(agent);
  const holds: string[] = [];
  for (const { tripId } of trips) {
    for (let sale = 0; sale < SALES_PER_TRIP; sale += 1) {
      const held = await holdSeats(agent, call(), { tripId, from: 0, to: 2, count: 1 }, NOON);
      if (!held.ok) throw new Error(held.refusal.code);
      holds.push(held.value.holdId);
    }
  }
  return holds;
}

async function sellAll(agent: FreshAgent, holds: readonly string[], callers: number): Promise<void> {
  let next = 0;
  const seller = async () => {
    while (next < holds.length) {
      const index = next;
      next += 1;
      // Synthetic people; another kind of document makes another person of the same number.
      const passenger = {
        ...aPassenger(index % 1000),
        idType: DOCUMENTS[Math.floor(index / 1000)]!,
        fareType: 'full' as const,
      };
      const sold = await sell(
        agent,
        call(),
        { holdId: holds[index]!, passengers: [passenger], payMethod: 'cash', insuranceFenEach: 0, print: true },
        NOON,
      );
      if (!sold.ok) throw new Error(sold.refusal.code);
    }
  };
  await Promise.all(Array.from({ length: callers }, seller));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
