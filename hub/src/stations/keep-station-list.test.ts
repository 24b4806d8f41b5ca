import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { needs } from '@lianpiao/shared/testing/needs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findStops } from '../channels/find-stops.ts';
import { type FreshHub, freshHub, onSale } from '../testing/fresh-hub.ts';
import { readStationList } from './import-station-list.ts';
import { keepStationList } from './keep-station-list.ts';

let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
});
afterEach(() => hub.end());

const listed = (name: string, pinyin: string) => ({
  directoryId: `d-${name}`,
  regionCode: '330200',
  city: '宁波',
  name,
  pinyin,
  address: '',
});

it('keeps each station of a directory once, and gives places of that name their pinyin', async () => {
  await onSale(hub, aTrip(), 0);
  await keepStationList(hub.store, [listed('宁波', 'ningbo'), listed('绍兴', 'shaoxing')]);
  await keepStationList(hub.store, [listed('宁波', 'ningpo')]);
  const { db, t } = hub.store.read;
  expect(
    await db
      .select({ name: t.stationDirectory.name, pinyin: t.stationDirectory.pinyin })
      .from(t.stationDirectory)
      .orderBy(t.stationDirectory.pinyin),
  ).toEqual([
    { name: '宁波', pinyin: 'ningpo' },
    { name: '绍兴', pinyin: 'shaoxing' },
  ]);
  expect(await findStops(hub.store.read, 'ning')).toMatchObject([{ code: 'S2', name: '宁波', pinyin: 'ningbo' }]);
});

const data = needs('shared-data');
it.runIf(data.have)('takes the directory of a whole province', async () => {
  const folder = data.have ? data.path : '';
  const list = readStationList(readFileSync(join(folder, 'cn-coach-stations-zhejiang', 'stations.json'), 'utf8'));
  if (!list.ok) throw new Error(list.refusal.code);
  expect(await keepStationList(hub.store, list.value.stations)).toBeGreaterThan(190);
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.stationDirectory)).toHaveLength(list.value.stations.length);
});
