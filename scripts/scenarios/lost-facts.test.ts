import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { freshAgent } from '@lianpiao/agent/testing/fresh-agent';
import { projections } from '@lianpiao/hub/inventory/projections';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { freshHub } from '@lianpiao/hub/testing/fresh-hub';
import { EVENTS, type EventType } from '@lianpiao/shared/protocol/events';
import { expect, it } from 'vitest';

const saidBy = (side: 'station' | 'hub') =>
  (Object.keys(EVENTS) as EventType[]).filter((type) => [side, 'both'].includes(EVENTS[type].from)).sort();

it('each type of fact is understood by whoever hears it, and by its own sender when it comes back after a restore', async () => {
  const [agent, hub] = [await freshAgent(), await freshHub()];
  expect(Object.keys(rebuildFacts(agent)).sort()).toEqual(saidBy('station'));
  expect(Object.keys(projections(hub)).sort()).toEqual(saidBy('station'));
  expect(Object.keys(lostFacts(hub)).sort()).toEqual(saidBy('hub'));
  expect(Object.keys(hubFacts(agent)).sort()).toEqual(saidBy('hub'));
  await Promise.all([agent.end(), hub.end()]);
});
