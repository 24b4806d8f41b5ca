import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { emit } from '@lianpiao/shared/store/streams';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import { openHubStore } from '../store/open-hub-store.ts';
import { HubMarker, laneOf, readHubMark } from './hub-marker.ts';

const [A, B] = ['330100001', '330600001'];
let folder: string;
let store: HubStore;
let marker: HubMarker;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-marker-'));
  marker = new HubMarker(join(folder, 'marker'), (cause) => {
    throw cause;
  });
  store = await openHubStore(join(folder, 'hub.sqlite'), (engine, grown) => marker.committed(engine, grown));
  await store.transaction((tx) => tell(tx, A));
  marker.keep({ dbId: 'db', hubIncarnation: 1 }, store.read.engine);
});
afterEach(async () => {
  await store.close();
  marker.close();
  rmSync(folder, { recursive: true });
});

const tell = (tx: HubTx, peer: string) =>
  emit(tx, { peer, type: 'numbers.leased', agg: 'numbers-001', fact: { terminal: '001', first: 0, count: 1 } }, NOON);

async function heads(): Promise<Map<string, object>> {
  const rows = await store.read.db.select().from(store.read.t.streamOut);
  return new Map(
    rows.map(({ peer: station, lane, next, headHash: hash }) => [
      laneOf(station, lane as 'ev'),
      { station, lane, seq: next - 1, hash },
    ]),
  );
}

it('says after each commit how far all streams are, those of stations that came later too', async () => {
  for (const peer of [A, B, A, B]) {
    await store.transaction((tx) => tell(tx, peer));
    expect(readHubMark(join(folder, 'marker'))?.lanes).toEqual(await heads());
  }
});

it('says nothing of what was taken back, and all of what shared its commit', async () => {
  const none = store.transaction(async (tx) => {
    await tell(tx, B);
    return refuse({ code: 'hold.unknown' });
  });
  await Promise.all([store.transaction((tx) => tell(tx, A)), none, store.transaction((tx) => tell(tx, A))]);
  const told = readHubMark(join(folder, 'marker'))!.lanes;
  expect(told).toEqual(await heads());
  expect(told.get(laneOf(A, 'ev'))?.seq).toBe(3);
  expect(told.has(laneOf(B, 'ev'))).toBe(false);
});
