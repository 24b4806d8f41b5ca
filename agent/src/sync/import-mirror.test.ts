import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { JournalMirror } from '@lianpiao/shared/store/journal-file/journal-mirror';
import { readMirror } from '@lianpiao/shared/store/journal-file/read-mirror';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, HUB } from '../agent.ts';
import { giveSeats } from '../seats/give-seats.ts';
import { saleStop } from '../selling/sale-stops.ts';
import { openAgentStore } from '../store/open-agent-store.ts';
import { aSale } from '../testing/a-sale.ts';
import { call } from '../testing/fresh-agent.ts';
import { voidTicket } from '../tickets/void-ticket.ts';
import { importMirror } from './import-mirror.ts';
import { rebuildFacts } from './rebuild-facts.ts';

const HANGZHOU = '330100001';
const trip = aTrip({ seatCount: 8 });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-import-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
let ids = 0;

/** A station on a file of its own; `mirror` names its second journal. People are synthetic. */
async function station(file: string, mirror?: string): Promise<Agent & { close(): Promise<void> }> {
  const failed = (cause: unknown) => expect(cause).toBeUndefined();
  const journal = mirror ? new JournalMirror(at(mirror), HANGZHOU, failed) : undefined;
  const store = await openAgentStore(at(file), (engine) => journal?.committed(engine));
  const persons = personVault(Buffer.alloc(32, 7));
  persons.load(sealingKey(202611, Buffer.alloc(32, 11)));
  await store.transaction(async (tx) => {
    await keepAgreedMinor(tx, HUB, MINOR, NOON);
    const range = { terminal: '001', first: 0, next: 0, last: 9999 };
    await tx.db.insert(tx.t.numberRanges).values(range).onConflictDoNothing();
  });
  const close = async () => {
    journal?.close();
    await store.close();
  };
  const newId = () => `id-${ids++}`;
  return {
    store,
    persons,
    room: new DiskRoom(),
    newId,
    station: { code: HANGZHOU as StationCode, name: '杭州' },
    close,
  };
}

async function rowsOf({ store: { read } }: Agent) {
  const { trips, tickets, orders, seats, transfers, outbox } = read.t;
  const { tripId, seat, mine, owed, sold, freed } = seats;
  const { lane, seq, type, hash } = outbox;
  return {
    trips: await read.db.select().from(trips).orderBy(trips.tripId),
    tickets: await read.db.select().from(tickets).orderBy(tickets.ticketNo),
    orders: await read.db.select().from(orders).orderBy(orders.orderId),
    transfers: await read.db.select().from(transfers).orderBy(transfers.transferId),
    outbox: await read.db.select({ lane, seq, type, hash }).from(outbox).orderBy(lane, seq),
    seats: await read.db.select({ tripId, seat, mine, owed, sold, freed }).from(seats).orderBy(tripId, seat),
  };
}

const importFrom = (agent: Agent, mirror: string) =>
  importMirror({
    store: agent.store,
    station: HANGZHOU,
    mirror: readMirror(at(mirror)),
    facts: rebuildFacts(agent),
    now: NOON,
  });

/** A station that sold, granted and voided after its backup, and whose disk then died. */
async function aLostDay() {
  const before = await station('agent.db', 'mirror.rows');
  await aSale(before, { trip });
  await before.close();
  copyFileSync(at('agent.db'), at('backup.db'));
  const lost = await station('agent.db', 'mirror.rows');
  const [sold] = (await aSale(lost, { trip, first: 1 })).tickets;
  await aSale(lost, { trip, first: 2, to: 1 });
  await giveSeats(lost, call(), { tripId: trip.tripId, from: 0, to: 2, count: 2 }, NOON);
  expect(await voidTicket(lost, call(), sold!.ticketNo, NOON)).toMatchObject({ ok: true });
  const rows = await rowsOf(lost);
  await lost.close();
  return rows;
}

describe('a second journal whose disk died', () => {
  it('gives tickets, seats, grants and streams back as they were, and the station sells nothing yet', async () => {
    const lost = await aLostDay();
    const restored = await station('backup.db');
    expect(await rowsOf(restored)).not.toEqual(lost);
    expect(await importFrom(restored, 'mirror.rows')).toMatchObject({
      value: [
        { lane: 'seat', rows: 2, left: 0 },
        { lane: 'ev', rows: 3, left: 0 },
      ],
    });
    expect(await rowsOf(restored)).toEqual(lost);
    expect(await saleStop(restored.store.read)).toMatchObject({ code: 'station.database-older' });
    await restored.close();
  });

  it('adds nothing the second time', async () => {
    const lost = await aLostDay();
    const restored = await station('backup.db');
    await importFrom(restored, 'mirror.rows');
    expect(await importFrom(restored, 'mirror.rows')).toMatchObject({ value: [{ rows: 0 }, { rows: 0 }] });
    expect(await rowsOf(restored)).toEqual(lost);
    await restored.close();
  });

  it('gives back what stands before its torn tail', async () => {
    const lost = await aLostDay();
    const restored = await station('backup.db');
    truncateSync(at('mirror.rows'), readFileSync(at('mirror.rows')).length - 5);
    expect(await importFrom(restored, 'mirror.rows')).toMatchObject({ value: [{ rows: 2 }, { rows: 2 }] });
    expect((await rowsOf(restored)).outbox).toEqual(lost.outbox.filter(({ type }) => type !== 'ticket.voided'));
    await restored.close();
  });
});

describe('a file that is not the second journal of this database', () => {
  /** The same refusal whatever is tried, and not a row changed. */
  async function expectRefused(file: string, mirror: string, refusal: object): Promise<void> {
    const restored = await station(file);
    const before = await rowsOf(restored);
    expect(await importFrom(restored, mirror)).toMatchObject({ ok: false, refusal });
    expect(await rowsOf(restored)).toEqual(before);
    expect(await saleStop(restored.store.read)).toBeNull();
    await restored.close();
  }

  it('is refused where it holds no record, or is not there', async () => {
    await aLostDay();
    writeFileSync(at('rubbish.rows'), 'not a journal at all, but long enough to look like one');
    await expectRefused('backup.db', 'rubbish.rows', { code: 'mirror.empty', tornBytes: 54 });
    await expectRefused('backup.db', 'nowhere.rows', { code: 'mirror.empty' });
  });

  it('is refused where another station wrote it, also into an empty database', async () => {
    const other = await station('other.db');
    const journal = new JournalMirror(at('foreign.rows'), '330600001', () => undefined);
    await aSale(other, { trip });
    journal.committed(other.store.read.engine);
    journal.close();
    await other.close();
    await expectRefused('empty.db', 'foreign.rows', { code: 'mirror.other-station', station: '330600001' });
  });

  it('is refused where it is of another history of the same station, before or behind the backup', async () => {
    await aLostDay();
    copyFileSync(at('backup.db'), at('twin.db'));
    const twin = await station('twin.db');
    await aSale(twin, { trip, first: 7 });
    await twin.close();
    await expectRefused('twin.db', 'mirror.rows', { code: 'mirror.other-history', lane: 'ev', seq: 3 });
    const fresh = await station('fresh.db', 'fresh.rows');
    for (const first of [1, 2, 3, 4]) await aSale(fresh, { trip, first });
    await fresh.close();
    await expectRefused('backup.db', 'fresh.rows', { code: 'mirror.other-history', lane: 'ev' });
  });

  it('is refused as a whole where a row deep in it was changed', async () => {
    const lost = await aLostDay();
    const restored = await station('backup.db');
    const { streams, tornBytes } = readMirror(at('mirror.rows'));
    const forged = streams.map((stream) => ({
      ...stream,
      rows: stream.rows.map((row) => (row.type === 'ticket.voided' ? { ...row, agg: `${row.agg}-x` } : row)),
    }));
    const before = await rowsOf(restored);
    const parts = { store: restored.store, station: HANGZHOU, facts: rebuildFacts(restored), now: NOON };
    const mirror = { streams: forged, tornBytes };
    const seq = lost.outbox.find(({ type }) => type === 'ticket.voided')!.seq;
    expect(await importMirror({ ...parts, mirror })).toMatchObject({
      refusal: { code: 'mirror.other-history', lane: 'ev', seq },
    });
    expect(await rowsOf(restored)).toEqual(before);
    await restored.close();
  });

  it('is refused as a whole where it begins behind the backup, or this program does not understand it', async () => {
    await aLostDay();
    const restored = await station('backup.db');
    const before = await rowsOf(restored);
    const { streams, tornBytes } = readMirror(at('mirror.rows'));
    const late = streams.map((stream) => ({ ...stream, rows: stream.rows.slice(-1) }));
    const parts = { store: restored.store, station: HANGZHOU, now: NOON };
    const facts = rebuildFacts(restored);
    expect(await importMirror({ ...parts, facts, mirror: { streams: late, tornBytes } })).toMatchObject({
      refusal: { code: 'mirror.does-not-join' },
    });
    const { 'ticket.voided': _, ...older } = facts;
    expect(await importMirror({ ...parts, facts: older, mirror: { streams, tornBytes } })).toMatchObject({
      refusal: { code: 'mirror.not-understood' },
    });
    expect(await rowsOf(restored)).toEqual(before);
    await restored.close();
  });
});
