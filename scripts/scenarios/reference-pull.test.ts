import { openAgentStore } from '@lianpiao/agent/store/open-agent-store';
import { ReferenceData } from '@lianpiao/agent/sync/reference-data';
import { answerPull } from '@lianpiao/hub/reference/answer-pull';
import { pruneSets } from '@lianpiao/hub/reference/prune-sets';
import { publishSets } from '@lianpiao/hub/reference/publish-sets';
import { versionsFor } from '@lianpiao/hub/reference/ref-versions';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { partDigest, setHash } from '@lianpiao/shared/link/ref-rows';
import type { Envelope, RefGet, RefPart } from '@lianpiao/shared/protocol/messages';
import { SET_NAMES } from '@lianpiao/shared/protocol/reference';
import { NOON } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const HANGZHOU = '330100001';
const DAY = 24 * 3_600_000;
type Get = Omit<RefGet, keyof Envelope>;
type Part = Omit<RefPart, keyof Envelope>;

/** A hub and a station with real databases, and every message between them in the hand of the test. */
async function aWorld() {
  const hub = await openHubStore(':memory:');
  const agent = await openAgentStore(':memory:');
  const asked: Get[] = [];
  const notes: string[] = [];
  let now = NOON;
  const station = () =>
    new ReferenceData({
      store: agent,
      say: (said) => {
        if (said.k === 'ref-get') asked.push(said);
        return 1;
      },
      clock: { now: () => now },
      noted: (code) => notes.push(code),
    });
  const world = {
    hub,
    agent,
    asked,
    notes,
    reference: station(),
    restart: () => {
      world.reference = station();
    },
    /** What each set looked like at each version, as the hub published it. */
    published: new Map<string, Map<string, string>>(),
    pass: (ms: number) => {
      now += ms;
    },
    tick: () => world.reference.tick(now - NOON),
    heard: (part: Part) => world.reference.heard(part, now - NOON),
    announce: async () => world.reference.announced(await versionsFor(hub.read, HANGZHOU), now - NOON),
    publish: async () => {
      await publishSets(hub, now);
      for (const { set, version } of await versionsFor(hub.read, HANGZHOU)) {
        // A version is what it was at first, whatever is published for other stations.
        if (world.published.has(`${set} ${version}`)) continue;
        const rows = (await hub.read.db.select().from(hub.read.t.refRows)).filter(
          (row) => row.set === set && (row.station === '' || row.station === HANGZHOU),
        );
        world.published.set(`${set} ${version}`, new Map(rows.map(({ key, body }) => [key, body])));
      }
    },
    answer: (get: Get) => answerPull(hub, HANGZHOU, get, now),
    /** Nothing is lost any more. */
    calm: async () => {
      for (let round = 0; round < 60; round += 1) {
        world.pass(61_000);
        await world.announce();
        await world.tick();
        for (const get of asked.splice(0)) {
          const part = await world.answer(get);
          if (part) await world.heard(part);
        }
      }
    },
    held: async () => {
      const { db, t } = agent.read;
      const rows = await db.select().from(t.refRows);
      const sets = await db.select().from(t.refSets);
      return sets.map(({ set, version }) => ({
        name: `${set} ${version}`,
        rows: new Map(rows.filter((row) => row.set === set).map(({ key, body }) => [key, body])),
      }));
    },
    close: () => Promise.all([hub.close(), agent.close()]),
  };
  return world;
}
type World = Awaited<ReturnType<typeof aWorld>>;

const keyRow = (keyNo: number, revoked = 0) => ({
  keyNo,
  owner: HANGZHOU,
  publicKey: `04${keyNo.toString(16).padStart(128, '0')}`,
  revoked,
  certifiedAt: NOON,
  wrapped: null,
});
const addKey = ({ hub }: World, keyNo: number, revoked = 0) =>
  hub.transaction((tx) => {
    const row = keyRow(keyNo, revoked);
    return tx.db.insert(tx.t.ticketKeys).values(row).onConflictDoUpdate({ target: tx.t.ticketKeys.keyNo, set: row });
  });
/** Long enough that a few of them need several messages. */
const addRules = ({ hub }: World, version: number) =>
  hub.transaction((tx) => {
    const body = JSON.stringify({ version: `r${version}`, filler: '规'.repeat(2_500) });
    const row = { version: `r${version}`, validFrom: version, validTo: null, body };
    return tx.db.insert(tx.t.rules).values(row).onConflictDoNothing();
  });
const allot = ({ hub }: World, station: string, seats: number) =>
  hub.transaction((tx) => {
    const row = { station, line: '*', seats, lowWater: 1 };
    const { allotments } = tx.t;
    return tx.db
      .insert(allotments)
      .values(row)
      .onConflictDoUpdate({ target: [allotments.station, allotments.line], set: row });
  });

async function onlyPublished(world: World): Promise<void> {
  for (const { name, rows } of await world.held()) expect(rows, name).toEqual(world.published.get(name));
}
async function hasTheNewest(world: World): Promise<void> {
  const versions = await versionsFor(world.hub.read, HANGZHOU);
  const held = await world.held();
  expect(new Set(held.map(({ name }) => name))).toEqual(
    new Set(versions.map(({ set, version }) => `${set} ${version}`)),
  );
  const { db, t } = world.agent.read;
  const [keys, rules, orders] = [
    await db.select().from(t.ticketKeys),
    await db.select().from(t.rules),
    await db.select().from(t.allotments),
  ];
  const ofHub = world.hub.read;
  expect(keys).toEqual(
    (await ofHub.db.select().from(ofHub.t.ticketKeys)).map(({ keyNo, owner, publicKey, revoked }) => ({
      keyNo,
      owner,
      publicKey,
      revoked,
    })),
  );
  expect(rules).toEqual(await ofHub.db.select().from(ofHub.t.rules));
  expect(orders.map(({ seats }) => seats)).toEqual(
    (await ofHub.db.select().from(ofHub.t.allotments)).flatMap(({ station, seats }) =>
      station === HANGZHOU ? [seats] : [],
    ),
  );
}

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('key', 'rules', 'allot', 'theirs'), n: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('prune', 'restart'), n: fc.constant(1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask'), n: fc.nat(60) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('deliver', 'deliver again', 'answer late'), n: fc.nat(20) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('corrupt'), n: fc.nat(99) }) },
);

const CORRUPTIONS: readonly ((part: Part, n: number) => Part)[] = [
  (part) => ({ ...part, version: part.version + 1 }),
  (part) => ({ ...part, kind: part.kind === 'delta' ? 'snapshot' : 'delta' }),
  (part) => ({ ...part, parts: 1 }),
  (part) => ({ ...part, part: part.part + 1, parts: part.parts + 1 }),
  (part) => ({ ...part, rows: part.rows.slice(1) }),
  (part) => ({ ...part, rows: [], digest: partDigest([]) }),
  (part, n) => ({ ...part, set: SET_NAMES[n % SET_NAMES.length]! }),
  (part) => ({ ...part, hash: setHash(part.set, part.version, []) }),
  (part) => {
    const rows = part.rows.map(([key]): [string, string | null] => [key, null]);
    return { ...part, rows, digest: partDigest(rows) };
  },
  (part) => {
    const rows = [...part.rows, ['forged', '{}'] as [string, string]];
    return { ...part, rows, digest: partDigest(rows) };
  },
];

describe('reference data', () => {
  it('at a station is always a version of the hub’s set, whatever is dropped, doubled, reordered, foreign or corrupted, and the newest one in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const world = await aWorld();
        const answers: Part[] = [];
        for (const { do: what, n } of steps) {
          const changes = {
            key: () => addKey(world, n),
            rules: () => addRules(world, n),
            allot: () => allot(world, HANGZHOU, n),
            theirs: () => allot(world, '330600001', n),
          };
          if (what in changes) {
            await changes[what as keyof typeof changes]();
            await world.publish();
          } else if (what === 'prune') await pruneSets(world.hub, NOON + 400 * DAY);
          else if (what === 'restart') world.restart();
          else if (what === 'ask') {
            world.pass(n * 1_000);
            await world.announce();
            await world.tick();
          } else {
            const get =
              world.asked[what === 'answer late' ? n % Math.max(1, world.asked.length) : world.asked.length - 1];
            const part =
              what === 'deliver again' ? answers[n % Math.max(1, answers.length)] : get && (await world.answer(get));
            if (part) {
              answers.push(part);
              await world.heard(what === 'corrupt' ? CORRUPTIONS[n % CORRUPTIONS.length]!(part, n) : part);
            }
          }
          await onlyPublished(world);
        }
        world.asked.splice(0);
        await world.calm();
        await onlyPublished(world);
        await hasTheNewest(world);
        await world.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('comes as what changed where the change log goes back so far, else as a snapshot', async () => {
    const world = await aWorld();
    for (const keyNo of [1, 2]) {
      await addKey(world, keyNo);
      await world.publish();
      await world.calm();
    }
    await addKey(world, 1, 1);
    await world.publish();
    const [was] = (await world.agent.read.db.select().from(world.agent.read.t.refSets)) as {
      version: number;
      hash: string;
    }[];
    const get = {
      k: 'ref-get' as const,
      id: 'x',
      set: 'ticket-keys',
      have: 2,
      hash: was!.hash,
      want: { version: 0, part: 0 },
    };
    expect(await world.answer(get)).toMatchObject({
      kind: 'delta',
      version: 3,
      rows: [['1', expect.stringContaining('true')]],
    });
    await pruneSets(world.hub, NOON + 400 * DAY);
    expect(await world.answer(get)).toMatchObject({
      kind: 'snapshot',
      version: 3,
      rows: [
        ['1', expect.any(String)],
        ['2', expect.any(String)],
      ],
    });
    await world.calm();
    await hasTheNewest(world);
    await world.close();
  });

  it('takes many messages of at most 16 KiB, one at a time, and swaps them in together', async () => {
    const world = await aWorld();
    for (let version = 1; version <= 9; version += 1) await addRules(world, version);
    await world.publish();
    await world.announce();
    await world.tick();
    for (let parts = 1; ; parts += 1) {
      expect(world.asked).toHaveLength(1);
      const part = (await world.answer(world.asked.pop()!))!;
      expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(16 * 1024);
      expect(await world.held()).toEqual([]);
      await world.heard(part);
      if (world.asked.length > 0) continue;
      expect(parts).toBeGreaterThan(5);
      break;
    }
    await hasTheNewest(world);
    await world.close();
  });

  it('is compared once a day: rows that are not the hub’s are fetched again, and the hub has an alarm', async () => {
    const world = await aWorld();
    for (const keyNo of [1, 2]) await addKey(world, keyNo);
    await world.publish();
    await world.calm();
    await world.agent.transaction(async (tx) => {
      await tx.db.delete(tx.t.ticketKeys);
      await tx.db.update(tx.t.refRows).set({ body: '{}' });
    });
    await world.calm();
    expect(await world.agent.read.db.select().from(world.agent.read.t.ticketKeys)).toEqual([]);
    world.pass(DAY);
    await world.calm();
    await hasTheNewest(world);
    const alarms = await world.hub.read.db.select().from(world.hub.read.t.alarms);
    expect(alarms).toMatchObject([{ code: 'ref.differs', subject: HANGZHOU }]);
    await world.close();
  });

  it('stays as it was where a newer hub sends rows that this station does not understand', async () => {
    const world = await aWorld();
    await addKey(world, 1);
    await world.publish();
    await world.calm();
    await world.announce();
    await addKey(world, 2);
    await world.publish();
    world.pass(61_000);
    await world.announce();
    await world.tick();
    const part = (await world.answer(world.asked.pop()!))!;
    const rows: [string, string][] = [['1', JSON.stringify({ keyNo: 'one' })]];
    const held = (await world.held())[0]!.rows;
    const hash = setHash(part.set, part.version, new Map([...held, ...rows]));
    await world.heard({ ...part, rows, hash, digest: partDigest(rows) });
    expect(world.notes).toContain('ref.not-understood');
    await onlyPublished(world);
    await world.close();
  });
});
