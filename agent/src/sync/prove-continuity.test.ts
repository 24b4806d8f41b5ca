import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saleStop } from '../selling/sale-stops.ts';
import { type AgentStore, openAgentStore } from '../store/open-agent-store.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { importTrips } from '../trips/import-trips.ts';
import { proveContinuity } from './prove-continuity.ts';
import { beginRecovery, finishRecovery } from './recovery.ts';
import { RunMarker } from './run-marker.ts';

let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
});
afterEach(() => agent.end());

/** One life of the station: what its start finds, a trip, and its end; without `clean` as if it had been killed. */
async function life(tripNo: string | null, { installId = 'machine-1', clean = true } = {}) {
  const marker = new RunMarker(join(agent.folder, 'marker'), (cause) => {
    throw cause;
  });
  const store: AgentStore = await openAgentStore(join(agent.folder, 'life.sqlite'), (engine) =>
    marker.committed(engine),
  );
  const { dbId } = await proveContinuity(store, marker.before, installId, NOON);
  marker.keep({ dbId, installId }, store.read.engine);
  const stop = await saleStop(store.read);
  if (tripNo) await importTrips({ ...agent, store }, [aTrip({ tripNo })], NOON);
  if (clean) marker.close(store.read.engine);
  await store.close();
  return stop?.code ?? null;
}

describe('continuity of a station', () => {
  it('is proven at the first start, after a clean stop and after kill -9', async () => {
    expect(await life('K1')).toBeNull();
    expect(await life('K2', { clean: false })).toBeNull();
    expect(await life('K3')).toBeNull();
    expect(statSync(join(agent.folder, 'marker')).mode & 0o777).toBe(0o600);
  });

  it('is proven where a version without a marker has worked before', async () => {
    const store = await openAgentStore(join(agent.folder, 'life.sqlite'));
    await importTrips({ ...agent, store }, [aTrip()], NOON);
    await store.close();
    expect(await life('K1')).toBeNull();
  });

  it('is not proven when the marker is missing or rubbish, also at later starts', async () => {
    await life('K1');
    rmSync(join(agent.folder, 'marker'));
    expect(await life('K2')).toBe('station.marker-missing');
    expect(await life(null)).toBe('station.marker-missing');
  });

  it('is not proven for a database that another machine ran last, until the hub has admitted this one', async () => {
    await life('K1');
    expect(await life(null, { installId: 'machine-2' })).toBe('station.other-machine');
    const store = await openAgentStore(join(agent.folder, 'life.sqlite'));
    const theirs = await positionsOf(store.read, 'hub');
    await store.transaction((tx) => beginRecovery(tx, { theirs, installId: 'machine-2' }, NOON));
    await store.close();
    expect(await life(null, { installId: 'machine-2' })).toBe('station.recovering');
  });

  it('leaves no seat on sale after a restore because the clock runs a day ahead', async () => {
    await life('K1');
    rmSync(join(agent.folder, 'marker'));
    expect(await life(null)).toBe('station.marker-missing');
    const store = await openAgentStore(join(agent.folder, 'life.sqlite'));
    const { seat } = await positionsOf(store.read, 'hub');
    const theirs = { seat, ev: seat }; // A hub that has sent nothing yet.
    const tomorrow = NOON + 2 * 86_400_000;
    await store.transaction((tx) => beginRecovery(tx, { theirs, installId: 'machine-1' }, tomorrow));
    expect(await finishRecovery(store, tomorrow)).toBe(true);
    const seats = await store.read.db.select().from(store.read.t.seats);
    expect(seats.filter(({ mine, blocked }) => mine !== blocked)).toEqual([]);
    expect(seats.length).toBeGreaterThan(0);
    await store.close();
  });

  it('is not proven when the marker has another history at the same sequence', async () => {
    await life('K1');
    const marker = new RunMarker(join(agent.folder, 'marker'), () => undefined);
    const forged = { ...marker.before!, lanes: { ev: { ...marker.before!.lanes.ev!, hash: '0'.repeat(64) } } };
    writeFileSync(join(agent.folder, 'marker'), JSON.stringify(forged).padEnd(512));
    expect(await life(null)).toBe('station.database-older');
  });
});
