import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bulkFilters,
  controlFilters,
  DOWN_CHANNELS,
  downTopic,
  HINT,
  HUB_LIVE,
  liveTopic,
  parseTopic,
  UP_CHANNELS,
  upTopic,
} from './topics.ts';
import { agreedMinor } from './versions.ts';

const S = '330100001';

it('reads every topic that it builds, and builds only levels that every broker takes', () => {
  const all = [
    ...UP_CHANNELS.map((channel) => upTopic(S, channel)),
    ...DOWN_CHANNELS.map((channel) => downTopic(S, channel)),
    liveTopic(S),
    HUB_LIVE,
    HINT,
  ];
  for (const topic of all) {
    expect(topic).toMatch(/^rt1(\/[a-z0-9-]+){2,4}$/);
    expect(parseTopic(topic)).toBeDefined();
  }
  expect(parseTopic(upTopic(S, 'ev'))).toEqual({ kind: 'up', station: S, channel: 'ev' });
  expect(parseTopic(downTopic(S, 'welcome'))).toEqual({ kind: 'down', station: S, channel: 'welcome' });
});

it('gives each of the two connections the topics that are its own, and no message to both', () => {
  const own = DOWN_CHANNELS.map((channel) => downTopic(S, channel));
  expect([...controlFilters(S), ...bulkFilters(S)].toSorted()).toEqual([...own, HUB_LIVE, HINT].toSorted());
  expect(bulkFilters(S)).toEqual([downTopic(S, 'ref')]);
});

it('does not take a topic of another root, another shape or an unknown channel', () => {
  for (const topic of [
    '',
    'rt2/s/330100001/up/ev',
    'rt1/s/33010000/up/ev',
    'rt1/s/330100001/up/welcome',
    'rt1/s/330100001/live/x',
    'rt1/s/330100001/up/ev/x',
  ]) {
    expect(parseTopic(topic)).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => void parseTopic(text)));
});

it('agrees on the highest minor that both speak, or on none', () => {
  expect(agreedMinor({ oldest: 2, newest: 4 }, { oldest: 1, newest: 3 })).toBe(3);
  expect(agreedMinor({ oldest: 2, newest: 4 }, { oldest: 5, newest: 6 })).toBeUndefined();
});
