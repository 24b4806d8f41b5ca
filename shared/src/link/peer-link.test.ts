import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gt } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import type { Ack, Batch, Beat, Envelope, Nack } from '../protocol/messages.ts';
import { noteCopy } from '../store/backup/note-copy.ts';
import { sqliteKit } from '../store/column-kit.ts';
import { SHARED_MIGRATIONS } from '../store/migrate.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import { pruneStreams } from '../store/pruning/prune-streams.ts';
import { StreamArchive } from '../store/pruning/stream-archive.ts';
import type { Store } from '../store/store.ts';
import { emit } from '../store/streams.ts';
import { type SharedTables, sharedTables } from '../store/tables/shared.ts';
import { CALM, ChaosTransport, seededRandom, type Weather } from '../testing/chaos-transport.ts';
import type { FactHandlers } from './facts.ts';
import { InboxProjector } from './inbox-projector.ts';
import { PeerLink } from './peer-link.ts';
import { positionsOf } from './stream-rows.ts';

const STATION = '330100001';
const NOON = 1_763_700_000_000;
const TRIP = `${STATION}-20251121-K101`;
const tables = sharedTables(sqliteKit);
type Streamed = Batch | Ack | Nack | Beat;
type Handlers = FactHandlers<SharedTables>;

/** Handlers that write a row for each time they are called: an effect that happens twice is seen. */
const ledger = (): Handlers => {
  const note = async (tx: Parameters<NonNullable<Handlers['seat.granted']>>[0], what: string, subject: string) => {
    await tx.db.insert(tx.t.audit).values({ at: NOON, caller: 'test', what, subject });
  };
  return {
    'seat.granted': (tx, { fact }) => note(tx, 'seat', fact.transferId),
    'trip.suspended': (tx, { fact }) => note(tx, 'ev', fact.reason),
  };
};

const closing: (() => Promise<void>)[] = [];
let folder: string;
let archive: StreamArchive;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peer-link-'));
  archive = new StreamArchive(join(folder, 'archive'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function aStore(name: string): Promise<Store<SharedTables>> {
  const store = await openSqlite({ path: join(folder, `${name}.db`), tables, migrations: [SHARED_MIGRATIONS] });
  closing.push(() => store.close());
  return store;
}

/** Lets the databases finish what was given to them. */
async function settle(...stores: Store<SharedTables>[]): Promise<void> {
  for (const store of stores) await store.transaction(async () => undefined);
}

/** One end of a link over a chaos line, on a clock that the test moves. */
async function anEnd(
  store: Store<SharedTables>,
  peer: string,
  handlers: Handlers,
  line: ChaosTransport<Streamed>,
  clock: { now: number },
) {
  const notes: string[] = [];
  const broken: string[] = [];
  const projector = new InboxProjector(
    store,
    () => handlers,
    (code) => notes.push(code),
  );
  closing.unshift(() => projector.close());
  const envelope: Envelope = { v: 1, st: STATION, inc: 1, boot: 'test', ln: 1, at: NOON, off: 0 };
  const link = new PeerLink({
    store,
    peer,
    handlers,
    say: (said) => {
      line.send({ ...envelope, ...said } as Streamed, clock.now);
      return 500;
    },
    monotonic: () => clock.now,
    archived: (lane, from, limit) => archive.from({ peer, lane }, from, limit),
    evKept: () => projector.wake(),
    broken: (code) => void broken.push(code),
    noted: (code) => notes.push(code),
  });
  return { link, projector, notes, broken, store };
}

async function aPair(weather: Weather, seed = 1, hubHandlers: Handlers = ledger()) {
  const clock = { now: 1000 };
  const random = seededRandom(seed);
  const up = new ChaosTransport<Streamed>(random, weather);
  const down = new ChaosTransport<Streamed>(random, weather);
  const agent = await anEnd(await aStore('agent'), 'hub', ledger(), up, clock);
  const hub = await anEnd(await aStore('hub'), STATION, hubHandlers, down, clock);
  const welcome = async () => {
    const [ours, theirs] = [await positionsOf(agent.store.read, 'hub'), await positionsOf(hub.store.read, STATION)];
    await Promise.all([hub.link.stop(), agent.link.stop()]);
    await hub.link.start(theirs, ours, 8);
    await agent.link.start(ours, theirs, 8);
  };
  /** Moves the clock on until both sides have everything, or `untilMs` have passed. */
  const run = async (untilMs: number) => {
    for (const end = clock.now + untilMs; clock.now < end; clock.now += 20) {
      for (const { link } of [agent, hub]) link.tick();
      for (const message of up.arrived(clock.now)) await hub.link.hear(message);
      for (const message of down.arrived(clock.now)) await agent.link.hear(message);
      await settle(agent.store, hub.store);
    }
    await Promise.all([agent.projector.idle(), hub.projector.idle()]);
  };
  await welcome();
  return { clock, up, down, agent, hub, welcome, run };
}
type Pair = Awaited<ReturnType<typeof aPair>>;

async function emitTo(
  { store, link }: Pair['agent'],
  peer: string,
  lane: 'seat' | 'ev',
  count: number,
  first = 1,
): Promise<void> {
  let seq = 0;
  for (let n = first; n < first + count; n += 1) {
    const agg = `${TRIP}-${n % 3}`;
    seq = await store.transaction((tx) =>
      lane === 'seat'
        ? emit(
            tx,
            {
              peer,
              type: 'seat.granted',
              agg,
              fact: { transferId: `t${n}`, tripId: TRIP, epoch: 1, seat: '01', legs: 1 },
            },
            NOON,
          )
        : emit(tx, { peer, type: 'trip.suspended', agg, fact: { tripId: TRIP, at: NOON, reason: `r${n}` } }, NOON),
    );
  }
  link.appended(lane, seq);
}

async function effects({ store }: Pair['agent'], what: 'seat' | 'ev'): Promise<string[]> {
  const { db, t } = store.read;
  return (await db.select().from(t.audit).orderBy(t.audit.id))
    .filter((row) => row.what === what)
    .map((row) => row.subject);
}

const upTo = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

describe('a link between two databases', () => {
  it.each([
    { name: 'a calm line', weather: CALM },
    { name: 'a line that loses, doubles and reorders', weather: { loss: 0.3, duplication: 0.3, delayMsMax: 400 } },
  ])('brings every fact of both lanes both ways to one effect, in order, over $name', async ({ weather }) => {
    const pair = await aPair(weather);
    for (let part = 0; part < 5; part += 1) {
      await emitTo(pair.agent, 'hub', 'ev', 50, 1 + part * 50);
      await emitTo(pair.agent, 'hub', 'seat', 6, 1 + part * 6);
      await emitTo(pair.hub, STATION, 'seat', 8, 1 + part * 8);
      await pair.run(200);
    }
    for (const line of [pair.up, pair.down]) line.setWeather(CALM);
    await pair.run(40_000);
    expect(await effects(pair.hub, 'ev')).toEqual(upTo('r', 250));
    expect(await effects(pair.hub, 'seat')).toEqual(upTo('t', 30));
    expect(await effects(pair.agent, 'seat')).toEqual(upTo('t', 40));
    expect([pair.agent.link.queued, pair.hub.link.queued]).toEqual([0, 0]);
    expect([...pair.agent.broken, ...pair.hub.broken]).toEqual([]);
    expect((await positionsOf(pair.agent.store.read, 'hub')).ev.out.acked).toBe(250);
  });

  it('goes on where it was after the session broke in the middle of everything', async () => {
    const pair = await aPair({ loss: 0.1, duplication: 0.1, delayMsMax: 60 });
    for (let part = 0; part < 4; part += 1) {
      await emitTo(pair.agent, 'hub', 'ev', 120, 1 + part * 120);
      await pair.run(60);
      for (const line of [pair.up, pair.down]) line.cut();
      await pair.welcome();
    }
    await pair.run(20_000);
    expect(await effects(pair.hub, 'ev')).toEqual(upTo('r', 480));
  });

  it('parks the queue of a fact that cannot be understood, lets the rest go on, and replays it in order', async () => {
    const pair = await aPair(CALM, 1, {});
    await emitTo(pair.agent, 'hub', 'ev', 6);
    await pair.run(500);
    const parked = await pair.hub.projector.parked();
    expect(parked.map(({ peer, seq, waiting }) => ({ peer, seq, waiting }))).toEqual([
      { peer: STATION, seq: 1, waiting: 1 },
      { peer: STATION, seq: 2, waiting: 1 },
      { peer: STATION, seq: 3, waiting: 1 },
    ]);
    expect(parked[0]!.reason).toMatch(/^fact\.unknown-type: .*"trip\.suspended"/);
    expect(pair.agent.link.queued).toBe(0);

    const upgraded = new InboxProjector(
      pair.hub.store,
      () => ledger(),
      () => undefined,
    );
    await upgraded.start();
    await upgraded.replay(STATION, `${TRIP}-1`);
    await upgraded.idle();
    expect(await effects(pair.hub, 'ev')).toEqual(['r1', 'r4']);
    expect(await upgraded.parked()).toHaveLength(2);
    await upgraded.close();
  });

  it('parks nothing while another queue of the same peer is held: what that fact speaks of may be in it', async () => {
    const { 'trip.suspended': note } = ledger();
    let held = true;
    const pair = await aPair(CALM, 1, {
      'trip.suspended': async (tx, fact, peer) => {
        if (fact.fact.reason === 'r1' && held)
          throw new Fault('ticket.not-told-yet', 'not yet', { hint: '', retryable: true });
        if (fact.fact.reason === 'r2' && held) throw new Error('what r1 brings');
        await note!(tx, fact, peer);
      },
    });
    await emitTo(pair.agent, 'hub', 'ev', 3);
    await pair.run(500);
    expect(await effects(pair.hub, 'ev')).toEqual(['r3']);
    expect(await pair.hub.projector.parked()).toEqual([]);
    held = false;
    pair.hub.projector.wake();
    await pair.hub.projector.idle();
    expect(await effects(pair.hub, 'ev')).toEqual(['r3', 'r1', 'r2']);
  });

  it('stops lane seat at a fact that cannot be applied, keeps what came before it, and does not stop lane ev', async () => {
    const handlers = ledger();
    const pair = await aPair(CALM, 1, {
      ...handlers,
      'seat.granted': (tx, fact, peer) => {
        if (fact.fact.transferId === 't4') throw new Error('two owners of seat 01');
        return handlers['seat.granted']!(tx, fact, peer);
      },
    });
    await emitTo(pair.agent, 'hub', 'seat', 6);
    await emitTo(pair.agent, 'hub', 'ev', 3);
    await pair.run(1000);
    expect(await effects(pair.hub, 'seat')).toEqual(['t1', 't2', 't3']);
    expect(await effects(pair.hub, 'ev')).toEqual(['r1', 'r2', 'r3']);
    expect(pair.hub.link.stoppedLane?.reason).toMatch(/^fact\.cannot-apply: two owners/);
    expect(pair.hub.notes).toContain('link.lane-stopped');
    expect(pair.agent.link.queued).toBe(3);
  });

  it('takes a confirmation of facts that went out before it had noticed them in the outbox', async () => {
    const pair = await aPair(CALM);
    for (let n = 1; n <= 5; n += 1) {
      const fact = { tripId: TRIP, at: NOON, reason: `r${n}` };
      await pair.agent.store.transaction((tx) =>
        emit(tx, { peer: 'hub', type: 'trip.suspended', agg: TRIP, fact }, NOON),
      );
    }
    pair.agent.link.appended('ev', 1);
    await pair.run(1000);
    expect(pair.agent.broken).toEqual([]);
    expect(await effects(pair.hub, 'ev')).toEqual(upTo('r', 5));
    expect(pair.agent.link.acked('ev')).toBe(5);
  });

  it('says so when the other side confirms more than was ever sent', async () => {
    const pair = await aPair(CALM);
    await emitTo(pair.agent, 'hub', 'ev', 2);
    await pair.run(200);
    const ack: Ack = {
      v: 1,
      st: STATION,
      inc: 1,
      boot: 'test',
      ln: 1,
      at: NOON,
      off: 0,
      k: 'ack',
      acks: [{ lane: 'ev', ack: 9, hash: 'a'.repeat(64), safe: 0, window: 8 }],
    };
    await pair.agent.link.hear(ack);
    expect(pair.agent.broken).toEqual(['link.we-were-restored']);
  });

  it('notices that the copies differ when a confirmation carries another chain', async () => {
    const pair = await aPair(CALM);
    await emitTo(pair.agent, 'hub', 'ev', 2);
    pair.agent.link.tick();
    const ack: Ack = {
      v: 1,
      st: STATION,
      inc: 1,
      boot: 'test',
      ln: 1,
      at: NOON,
      off: 0,
      k: 'ack',
      acks: [{ lane: 'ev', ack: 2, hash: 'a'.repeat(64), safe: 0, window: 8 }],
    };
    await pair.agent.link.hear(ack);
    pair.up.cut();
    await pair.run(1000);
    expect(pair.agent.broken).toContain('link.streams-forked');
  });

  it('tells how far verified copies hold a stream, also while nothing else moves, and believes no more than was acknowledged', async () => {
    const pair = await aPair(CALM);
    await emitTo(pair.agent, 'hub', 'ev', 10);
    await pair.run(1_000);
    const copied = { direction: 'in' as const, peer: STATION, lane: 'ev', seq: 7, hash: '' };
    await noteCopy(pair.hub.store, [copied]);
    await pair.run(6_000);
    const sent = async () => (await pair.agent.store.read.db.select().from(tables.streamOut))[0];
    expect(await sent()).toMatchObject({ acked: 10, safe: 7 });

    await noteCopy(pair.agent.store, [{ ...copied, direction: 'out', peer: 'hub', seq: 9 }]);
    await pair.run(6_000);
    expect(pair.agent.link.copied()).toContainEqual({ lane: 'ev', seq: 9 });
    const envelope = { v: 1, st: STATION, inc: 1, boot: 'test', ln: 1, at: NOON, off: 0 };
    const beat = { k: 'beat' as const, acks: [], heads: [], queued: 0, lagMs: 0, echo: null };
    await pair.hub.link.hear({ ...envelope, ...beat, copied: pair.agent.link.copied() });
    const received = async () => (await pair.hub.store.read.db.select().from(tables.streamIn))[0];
    expect(await received()).toMatchObject({ ack: 10, copied: 9 });
    await pair.hub.link.hear({ ...envelope, ...beat, copied: [{ lane: 'ev', seq: 99 }] });
    expect(await received()).toMatchObject({ ack: 10, copied: 10 });
  });

  it('sends rows again that have moved from the outbox into the archive, to a peer that lost them', async () => {
    const pair = await aPair(CALM);
    await emitTo(pair.agent, 'hub', 'ev', 20);
    await pair.run(1_000);
    const monthsLater = NOON + 60 * 86_400_000;
    expect(await pruneStreams(pair.agent.store, archive, monthsLater)).toBe(false);
    const outbox = await pair.agent.store.read.db.select().from(tables.outbox);
    expect(outbox.map(({ seq }) => seq)).toEqual([20]);

    const lost = (await pair.hub.store.read.db.select().from(tables.inbox)).find(({ seq }) => seq === 8)!;
    await pair.hub.store.transaction(async (tx) => {
      await tx.db.delete(tx.t.inbox).where(gt(tx.t.inbox.seq, 8));
      await tx.db.update(tx.t.streamIn).set({ ack: 8, hash: lost.hash });
    });
    await pair.welcome();
    await pair.run(2_000);
    expect((await pair.hub.store.read.db.select().from(tables.inbox)).map(({ seq }) => seq)).toHaveLength(20);
    expect([...pair.agent.broken, ...pair.hub.broken]).toEqual([]);
  });
});
