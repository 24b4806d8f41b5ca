import { openMqttSession } from '@lianpiao/shared/link/mqtt-session';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effects, emitFacts, HANGZHOU, LinkRig, upTo } from './link-rig.ts';

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 });
let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

it('a station tells how it is over its second connection, whose end takes nothing with it and which comes back', async () => {
  const { hub, store } = await rig.hub();
  const station = await rig.station(HANGZHOU);
  await soon(() => expect(hub.freshness()[0]?.upMs).toBeGreaterThanOrEqual(0));
  const [row] = await store.read.db.select().from(store.read.t.stations);
  const heard = (event: string) => station.notes.filter((note) => note.event === event).length;

  // A second connection of the same name pushes the first off the broker.
  const usurper = openMqttSession({
    urls: rig.brokers,
    tls: await rig.tlsOf(HANGZHOU),
    clientId: `ag-${HANGZHOU}-${row!.boot}-b`,
    subscriptions: [],
    onMessage: () => undefined,
    onUp: () => undefined,
    onDown: () => undefined,
    random: Math.random,
  });
  await soon(() => expect(heard('link.bulk-disconnected')).toBeGreaterThan(0));
  await usurper.close();
  await emitFacts(station.store, 'hub', 'ev', 50);
  await soon(async () => expect((await effects(store, 'ev')).length).toBe(50));
  expect((await effects(store, 'ev')).toSorted()).toEqual(upTo('r', 50).toSorted());
  expect([heard('link.welcomed'), heard('link.disconnected')]).toEqual([1, 0]);
  expect(hub.freshness()[0]).toMatchObject({ online: true, stopped: null });
  await soon(() => expect(heard('link.bulk-connected')).toBeGreaterThan(1));
});
