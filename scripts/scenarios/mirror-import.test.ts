import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@lianpiao/agent/agent';
import { runMirrorImport } from '@lianpiao/agent/mirror-import';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { saleStop } from '@lianpiao/agent/selling/sale-stops';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { hubFacts } from '@lianpiao/agent/sync/hub-facts';
import { rebuildFacts } from '@lianpiao/agent/sync/rebuild-facts';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import type { Hub } from '@lianpiao/hub/hub';
import { NO_MONEY } from '@lianpiao/hub/inventory/no-money';
import { projections } from '@lianpiao/hub/inventory/projections';
import { lostFacts } from '@lianpiao/hub/restore/lost-facts';
import { leaseNumbers } from '@lianpiao/hub/stations/lease-numbers';
import { systemClock } from '@lianpiao/shared/clock';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { wrapSecret } from '@lianpiao/shared/crypto/wrapped-secret';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { addDays, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HANGZHOU, LinkRig } from './link-rig.ts';

let rig: LinkRig;
beforeEach(async () => {
  rig = await LinkRig.open();
});
afterEach(() => rig.close());

const soon = (check: () => unknown, timeout = 20_000) => vi.waitFor(check, { timeout, interval: 20 });
const now = () => Date.now();
const trip = aTrip({ seatCount: 6, serviceDate: addDays(serviceDateOf(now(), 'Asia/Shanghai'), 2) });
const MONTHS = [-1, 0, 1].map((ahead) => Number(trip.serviceDate.slice(0, 6)) + ahead);
const [LOOKUP, MASTER, MONTH] = [7, 8, 1].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
const FILE = 'agent.sqlite';
const MARKER = 'elsewhere.run-marker';
const at = (name: string) => join(rig.folder, name);

let ids = 0;
const newId = () => `id-${ids++}`;
function vault() {
  const persons = personVault(LOOKUP);
  for (const keyNo of MONTHS) persons.load(sealingKey(keyNo, MONTH));
  return persons;
}

async function hub() {
  return rig.hub((store) => {
    const parts = { store, persons: vault(), clock: systemClock, newId, money: NO_MONEY } as unknown as Hub;
    return { facts: () => projections(parts), lostFacts: lostFacts(parts) };
  });
}

function agentOn(store: AgentStore): Agent {
  const named = { code: HANGZHOU as StationCode, name: '杭州' };
  return { store, room: new DiskRoom(), persons: vault(), newId, station: named };
}

async function station(mirror?: string) {
  const running = await rig.station(HANGZHOU, {
    file: FILE,
    marker: MARKER,
    facts: (store) => hubFacts(agentOn(store)),
    ownFacts: (store) => rebuildFacts(agentOn(store)),
    ...(mirror ? { mirror } : {}),
  });
  return { ...running, agent: agentOn(running.store) };
}
type Station = Awaited<ReturnType<typeof station>>;

/** The folder of an enrolled station, as the command finds it. */
async function enrolled({ store }: Station): Promise<void> {
  const answer = {
    station: { code: HANGZHOU, name: '杭州', grade: 1 },
    certificate: '',
    ca: '',
    macKey: { keyNo: 1, sealed: '' },
    ticketKeyNo: 1,
    brokers: rig.brokers,
  };
  await writeFile(at('enrolment.json'), JSON.stringify(answer));
  await writeFile(at('person-lookup.key'), LOOKUP.toString('hex'), { mode: 0o600 });
  await writeFile(at('master.key'), MASTER.toString('hex'), { mode: 0o600 });
  await store.transaction(async (tx) => {
    for (const keyNo of MONTHS) {
      const wrapped = wrapSecret(MASTER, `person/${keyNo}`, MONTH, Buffer.alloc(16, keyNo % 251));
      await tx.db.insert(tx.t.personKeys).values({ keyNo, wrapped, createdAt: now() });
    }
  });
}

async function delivered(central: Awaited<ReturnType<typeof hub>>, there: Station): Promise<void> {
  await soon(async () => {
    const [ours, theirs] = [
      await positionsOf(central.store.read, HANGZHOU),
      await positionsOf(there.store.read, 'hub'),
    ];
    for (const lane of ['seat', 'ev'] as const) {
      expect(ours[lane].in.ack).toBe(theirs[lane].out.next - 1);
      expect(theirs[lane].in.ack).toBe(ours[lane].out.next - 1);
    }
  });
}

async function putBack(file: string, backup: string): Promise<void> {
  for (const end of ['-wal', '-shm']) await rm(at(`${file}${end}`), { force: true });
  await copyFile(at(backup), at(file));
}

it('sales that station and hub have both lost with their disks come back from the second journal, and no seat is sold twice', async () => {
  const first = await hub();
  await first.store.transaction((tx) => leaseNumbers(tx, HANGZHOU, now()));
  const there = await station(at('mirror.rows'));
  await enrolled(there);
  await soon(async () =>
    expect(await there.store.read.db.select().from(there.store.read.t.numberRanges)).not.toEqual([]),
  );
  await aSale(there.agent, { trip, now: now() });
  await delivered(first, there);
  await there.close();
  await first.close();
  await copyFile(at('hub.db'), at('hub-backup.db'));
  await copyFile(at(FILE), at('agent-backup.sqlite'));

  const [lostHub, lost] = [await hub(), await station(at('mirror.rows'))];
  const [sold] = (await aSale(lost.agent, { trip, now: now(), first: 1 })).tickets;
  await giveSeats(lost.agent, call(), { tripId: trip.tripId, from: 0, to: 2, count: 2 }, now());
  await delivered(lostHub, lost);
  const before = await lost.store.read.db.select().from(lost.store.read.t.tickets);
  await lost.close();
  await lostHub.close();
  await putBack('hub.db', 'hub-backup.db');
  await putBack(FILE, 'agent-backup.sqlite');

  const said: object[] = [];
  expect(await runMirrorImport(rig.folder, at('mirror.rows'), now(), (line) => said.push(line))).toBe(true);
  expect(said).toEqual([
    expect.objectContaining({ lane: 'seat', first: 1, left: 0 }),
    expect.objectContaining({ lane: 'ev', first: 3, rows: 1, left: 0 }),
    { tornBytes: 0 },
  ]);
  const [back, restored] = [await hub(), await station()];
  expect(await saleStop(restored.store.read)).toMatchObject({ cause: 'continuity', code: 'station.database-older' });
  await soon(async () => expect(await saleStop(restored.store.read)).toBeNull());
  await delivered(back, restored);
  expect(await restored.store.read.db.select().from(restored.store.read.t.tickets)).toEqual(before);
  await soon(async () => expect(await findTicket(back.store.read, sold!.ticketNo)).toMatchObject({ state: 'sold' }));
  const [ours, theirs] = [
    await seatsOfTrip(back.store.read, trip.tripId),
    await seatsOfTrip(restored.store.read, trip.tripId),
  ];
  for (const { seat, mine } of theirs) {
    const atHub = ours.find((row) => row.seat === seat)?.mine ?? 0;
    expect([seat, mine + atHub]).toEqual([seat, 0b11]);
  }
  expect(ours.some(({ mine }) => mine !== 0)).toBe(true);
});
