import { call, freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import type { BenchResult } from './bench.ts';
import { bareSales } from './bare-sales.ts';

/** Counters and kiosks of a large station that sell at the same moment, and so the sales that may share a commit. */
const CALLERS = 16;
const ROUNDS = 5;
const TRIPS = 40;
const SALES_PER_TRIP = 40;
const DOCUMENTS = ['resident', 'temporaryResident', 'householdRegister'] as const;

type FreshAgent = Awaited<ReturnType<typeof freshAgent>>;

/**
 * The whole sell verb, durable, from 16 callers at once, against exactly the rows it wrote, written again bare with prepared
 * better-sqlite3 statements, 16 sales a transaction, into the same tables with the same indexes and pragmas.
 */
export async function saleBench(): Promise<BenchResult> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const agent = await freshAgent();
    const holds = await makeHolds(agent);
    const startedAt = performance.now();
    await sellAll(agent, holds);
    ours.push((holds.length / (performance.now() - startedAt)) * 1000);
    bare.push(await bareSales(agent, CALLERS));
    await agent.end();
    console.log(`round ${round + 1}: sell verb ${Math.round(ours[round]!)}/s, bare rows ${Math.round(bare[round]!)}/s`);
  }
  return { name: 'sale', ours: median(ours), limit: median(bare), unit: 'sales/s' };
}

async function makeHolds(agent: FreshAgent): Promise<string[]> {
  const trips = Array.from({ length: TRIPS }, (_, index) => aTrip({ tripNo: `T${index}`, departs: 13 * 60 + index * 5 }));
  await importTrips(agent, trips, NOON);
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

async function sellAll(agent: FreshAgent, holds: readonly string[]): Promise<void> {
  let next = 0;
  const seller = async () => {
    while (next < holds.length) {
      const index = next;
      next += 1;
      // Synthetic people; another kind of document makes another person of the same number.
      const passenger = { ...aPassenger(index % 1000), idType: DOCUMENTS[Math.floor(index / 1000)]!, fareType: 'full' as const };
      const sold = await sell(agent, call(), { holdId: holds[index]!, passengers: [passenger], payMethod: 'cash', insuranceFenEach: 0, print: true }, NOON);
      if (!sold.ok) throw new Error(sold.refusal.code);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, seller));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
