import { storm } from '../faults/storm.ts';
import { LinkRig } from '../scenarios/link-rig.ts';
import type { BenchResult } from './result.ts';

const STATIONS = 500;
/** All are to be welcomed within this time. */
const WANTED_S = 30;

/**
 * 500 stations reconnect at once, each with its own database, certificate and link loop. Hub and stations share one
 * process here, so a hub in a process of its own is quicker. Given as rates, so that bigger is better.
 */
export async function stormBench(): Promise<BenchResult> {
  const rig = await LinkRig.open();
  try {
    const { store } = await rig.hub();
    const { welcomedMs } = await storm(rig, store, STATIONS, 10 * WANTED_S * 1000);
    console.log(`${STATIONS} stations welcomed ${(welcomedMs / 1000).toFixed(1)} s after the broker was back`);
    return { name: 'storm', ours: (STATIONS / welcomedMs) * 1000, limit: STATIONS / WANTED_S, unit: 'stations/s' };
  } finally {
    await rig.close();
  }
}
