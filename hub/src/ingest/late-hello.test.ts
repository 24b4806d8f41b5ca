import type { Said } from '@lianpiao/shared/link/peer-link';
import { CHAIN_START } from '@lianpiao/shared/protocol/chain';
import type { Hello } from '@lianpiao/shared/protocol/messages';
import { MINOR, SPOKEN } from '@lianpiao/shared/protocol/versions';
import { NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FreshHub, freshHub, HANGZHOU } from '../testing/fresh-hub.ts';
import { StationLink } from './station-link.ts';

let hub: FreshHub;
beforeEach(async () => {
  hub = await freshHub();
  const { stations } = hub.store.read.t;
  await hub.store.transaction((tx) =>
    tx.db.update(stations).set({ installId: 'machine' }).where(eq(stations.code, HANGZHOU)),
  );
});
afterEach(() => hub.end());

/** What a station says that has written `head` events on each lane. */
function hello(at: number, head: number): Hello {
  const lane = {
    out: { first: 1, next: head + 1, acked: 0, ackedHash: CHAIN_START, headHash: `hash-${head}` },
    in: { ack: 0, hash: CHAIN_START },
  };
  const envelope = { v: MINOR, st: HANGZHOU, inc: 0, boot: 'life-1', ln: 0, at, off: null };
  const machine = { versions: SPOKEN, agentVersion: '0.1.0', dbId: 'db', installId: 'machine' };
  return { k: 'hello', proven: true, ...envelope, ...machine, lanes: { seat: lane, ev: lane } };
}

it('asks once more when a hello says less than the station had, for it may be late, and fences a station that says so again', async () => {
  const said: Said['k'][] = [];
  const link = new StationLink({
    store: hub.store,
    station: HANGZHOU,
    hubIncarnation: () => 1,
    facts: {},
    lostFacts: {},
    restored: async () => undefined,
    answers: {},
    say: (message) => {
      said.push(message.k);
      return 500;
    },
    keyNo: () => 1,
    clock: hub.clock,
    room: hub.room,
    evKept: () => undefined,
    noted: () => undefined,
  });
  const hear = async (message: Hello) => {
    await link.hear(message);
    await expect.poll(() => said.length).toBeGreaterThan(0);
    return said.splice(0).filter((kind) => kind === 'welcome' || kind === 'again' || kind === 'fence');
  };

  expect(await hear(hello(NOON + 2, 5))).toEqual(['welcome']);
  expect(await hear(hello(NOON + 1, 4))).toEqual(['again']);
  expect(link.freshness().stopped).toBeNull();
  expect(await hear(hello(NOON + 3, 4))).toEqual(['fence']);
  expect(link.freshness().stopped).toBe('link.peer-restored');
  await link.close();
});
