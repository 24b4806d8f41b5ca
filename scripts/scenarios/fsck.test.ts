import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import { readAgent } from '@lianpiao/agent/store/open-agent-store';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { closePeriod } from '@lianpiao/hub/settlement/close-period';
import { makeStatements } from '@lianpiao/hub/settlement/make-statements';
import { readHub } from '@lianpiao/hub/store/open-hub-store';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { arrivesAt } from '@lianpiao/shared/domain/trip';
import { type Difference, type Differences, lineOf } from '@lianpiao/shared/fsck/difference';
import { reportDifferences } from '@lianpiao/shared/fsck/report-differences';
import { aTrip } from '@lianpiao/shared/testing/builders';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChannelSales, WEB } from './real-timetables/channel-sales.ts';
import { sellAtCounter } from './real-timetables/counter-sales.ts';
import { Day } from './real-timetables/day.ts';
import { clearAll, closeShifts, refundAfterTravel } from './real-timetables/end-of-day.ts';
import { boardAll, depart, gateHours } from './real-timetables/gates.ts';
import { openProvince, type Province } from './real-timetables/province.ts';
import { collectOne, rebookOne, refundAtCounter, refundOnLine, voidOne } from './real-timetables/ticket-changes.ts';

const STATIONS = ['330100001', '330600001'] as const;
const [HANGZHOU] = STATIONS;
const MINUTE = 60_000;
const STEPS = 160;

const trips = STATIONS.flatMap((origin, index) =>
  ['K1', 'K2', 'K3'].map((tripNo, run) =>
    aTrip({
      origin,
      tripNo,
      seatCount: 12,
      departs: 18 * 60 + run * 10,
      stops: [`出发${index}`, '绍兴', '上虞', '宁波'],
      serviceDate: '20140601' as ServiceDate,
    }),
  ),
);

/** A day of two small stations: everything that makes, changes and ends a ticket, up to the statements. */
async function aDay(province: Province, clock: { at: number; now(): number }, expectClean: () => Promise<void>) {
  for (const code of STATIONS) {
    const { agent } = province.stations.get(code)!;
    const own = trips.filter(({ origin }) => origin === code);
    await importTrips(agent, own, clock.now());
  }
  const day = new Day(province, clock, trips, 7);
  const channel = new ChannelSales(day);
  await day.carry();
  for (let step = 0; step < STEPS; step += 1) {
    clock.at += MINUTE;
    const dice = day.random();
    if (dice < 0.45) await sellAtCounter(day, day.ride());
    else if (dice < 0.7) await channel.sell(day.ride());
    else if (dice < 0.76) await voidOne(day);
    else if (dice < 0.82) await refundAtCounter(day, channel);
    else if (dice < 0.86) await refundOnLine(day, channel);
    else if (dice < 0.92) await rebookOne(day);
    else await collectOne(day);
    if (day.chance(0.2)) await day.carry();
    if (day.chance(0.1)) await channel.housekeep();
    if (step % 40 === 0) await expectClean();
  }
  for (const { at, what, trip } of gateHours(trips)) {
    clock.at = Math.max(clock.at, at);
    await day.carry();
    await channel.housekeep();
    await (what === 'board' ? boardAll : depart)(day, trip);
  }
  await expectClean();
  await day.carry();
  clock.at = Math.max(...trips.map((trip) => arrivesAt(trip, trip.stops.length - 1))) + 120 * MINUTE;
  await channel.housekeep();
  await clearAll(day);
  await refundAfterTravel(day, 4);
  await closeShifts(day);
  await day.carry();
  await channel.housekeep();
  const { store } = province.hub;
  const call = { caller: { ...WEB, id: 'finance', clerk: 'f1' }, key: 'close-1', bodyHash: 'close-1' };
  const closed = await closePeriod(store, call, { periodId: 'P000001' }, clock.now());
  if (!closed.ok) throw new Error(closed.refusal.code);
  await makeStatements(store, 'P000001', clock.now());
}

type Damage = { readonly at: 'hub' | 'station'; readonly what: string; readonly sql: string };

const PLAIN = "substr(ticket_no, 1, 9) = '330100001' AND state = 'departed' AND rebooked_from IS NULL";
const SOLD_SEAT = '(SELECT trip_id || seat FROM seats WHERE sold <> 0 ORDER BY trip_id, seat LIMIT 1)';

/** One damage a line, and what it must be called. */
const DAMAGES: readonly Damage[] = [
  {
    at: 'station',
    what: 'seats.mine',
    sql: `UPDATE seats SET mine = mine & ~sold WHERE trip_id || seat = ${SOLD_SEAT}`,
  },
  { at: 'station', what: 'seats.owed', sql: `UPDATE seats SET owed = 1 WHERE trip_id || seat = ${SOLD_SEAT}` },
  {
    at: 'station',
    what: 'seats.sold',
    sql: `UPDATE seats SET sold = sold - (sold & -sold) WHERE trip_id || seat = ${SOLD_SEAT}`,
  },
  { at: 'station', what: 'seats.held', sql: `UPDATE seats SET held = 4 WHERE trip_id || seat = ${SOLD_SEAT}` },
  { at: 'station', what: 'seats.freed', sql: `UPDATE seats SET freed = 4 WHERE trip_id || seat = ${SOLD_SEAT}` },
  { at: 'station', what: 'seats.blocked', sql: `UPDATE seats SET blocked = 4 WHERE trip_id || seat = ${SOLD_SEAT}` },
  {
    at: 'station',
    what: 'seats.claimed-twice',
    sql: `UPDATE seats SET held = sold WHERE trip_id || seat = ${SOLD_SEAT}`,
  },
  { at: 'station', what: 'seats.row', sql: `DELETE FROM seats WHERE trip_id || seat = ${SOLD_SEAT}` },
  {
    at: 'station',
    what: 'transfers.row',
    sql: 'DELETE FROM transfers WHERE transfer_id = (SELECT min(transfer_id) FROM transfers)',
  },
  {
    at: 'station',
    what: 'transfers.untold',
    sql: "INSERT INTO transfers (transfer_id, trip_id, epoch, seat, legs, peer, direction, at) SELECT 'made-up', trip_id, epoch, seat, legs, peer, direction, at FROM transfers LIMIT 1",
  },
  {
    at: 'station',
    what: 'tickets.row',
    sql: `DELETE FROM tickets WHERE ticket_no = (SELECT min(ticket_no) FROM tickets WHERE ${PLAIN})`,
  },
  {
    at: 'station',
    what: 'tickets.state',
    sql: `UPDATE tickets SET state = 'sold' WHERE ticket_no = (SELECT min(ticket_no) FROM tickets WHERE ${PLAIN})`,
  },
  {
    at: 'station',
    what: 'tickets.fareFen',
    sql: `UPDATE tickets SET fare_fen = fare_fen + 1 WHERE ticket_no = (SELECT min(ticket_no) FROM tickets WHERE ${PLAIN})`,
  },
  { at: 'station', what: 'orders.row', sql: 'DELETE FROM orders WHERE order_id = (SELECT min(order_id) FROM orders)' },
  {
    at: 'station',
    what: 'orders.total_fen',
    sql: 'UPDATE orders SET total_fen = total_fen + 1 WHERE order_id = (SELECT min(order_id) FROM orders)',
  },
  { at: 'station', what: 'shifts.expected_fen', sql: 'UPDATE shifts SET expected_fen = expected_fen - 1' },
  {
    at: 'station',
    what: 'stream.chain',
    sql: 'UPDATE outbox SET fact = replace(fact, \'"seat":"01"\', \'"seat":"02"\') WHERE lane = \'ev\' AND seq = (SELECT min(seq) FROM outbox WHERE lane = \'ev\' AND fact LIKE \'%"seat":"01"%\')',
  },
  { at: 'station', what: 'stream.gap', sql: "DELETE FROM outbox WHERE lane = 'ev' AND seq = 3" },
  { at: 'station', what: 'stream_out.head', sql: "UPDATE stream_out SET next = next + 1 WHERE lane = 'ev'" },
  { at: 'station', what: 'stream_out.acked', sql: "UPDATE stream_out SET acked = next WHERE lane = 'seat'" },
  {
    at: 'station',
    what: 'numbers.not-leased',
    sql: "DELETE FROM number_ranges WHERE terminal = '001'; DELETE FROM inbox WHERE type = 'numbers.leased'",
  },
  { at: 'station', what: 'numbers.not-used', sql: "UPDATE number_ranges SET next = first WHERE terminal = '001'" },
  { at: 'station', what: 'departures.boarded', sql: 'UPDATE departures SET boarded = boarded + 1' },
  { at: 'station', what: 'trip_stops.row', sql: 'DELETE FROM trip_stops WHERE position = 1' },
  { at: 'hub', what: 'seats.sold', sql: `UPDATE seats SET sold = 0 WHERE trip_id || seat = ${SOLD_SEAT}` },
  { at: 'hub', what: 'seats.mine', sql: `UPDATE seats SET mine = 0 WHERE trip_id || seat = ${SOLD_SEAT}` },
  {
    at: 'hub',
    what: 'transfers.two-owners',
    sql: "INSERT INTO transfers (transfer_id, trip_id, epoch, seat, legs, peer, direction, at) SELECT 'made-up', trip_id, epoch, seat, legs, peer, direction, at FROM transfers LIMIT 1",
  },
  {
    at: 'hub',
    what: 'tickets.row',
    sql: `DELETE FROM tickets WHERE ticket_no = (SELECT min(ticket_no) FROM tickets WHERE ${PLAIN})`,
  },
  {
    at: 'hub',
    what: 'tickets.untold',
    sql: "UPDATE tickets SET ticket_no = substr(ticket_no, 1, 19) || '9' WHERE ticket_no = (SELECT max(ticket_no) FROM tickets WHERE home <> 'hub')",
  },
  {
    at: 'hub',
    what: 'tickets.state',
    sql: `UPDATE tickets SET state = 'forfeited' WHERE ticket_no = (SELECT min(ticket_no) FROM tickets WHERE ${PLAIN})`,
  },
  { at: 'hub', what: 'orders.paid_fen', sql: "UPDATE orders SET paid_fen = paid_fen - 1 WHERE state = 'ticketed'" },
  { at: 'hub', what: 'payments.refunded_fen', sql: 'UPDATE payments SET refunded_fen = refunded_fen + 1' },
  { at: 'hub', what: 'payments.taken', sql: 'UPDATE payments SET taken = 0 WHERE taken = 1' },
  {
    at: 'hub',
    what: 'numbers.leased-twice',
    sql: "UPDATE number_leases SET count = count + 1 WHERE terminal = '001'; INSERT INTO number_leases SELECT station, terminal, first + 5000, count, used, leased_at FROM number_leases WHERE terminal = '001'",
  },
  {
    at: 'hub',
    what: 'postings.sum',
    sql: 'UPDATE postings SET amount_fen = amount_fen + 1 WHERE journal = 5 AND line = 0',
  },
  {
    at: 'hub',
    what: 'postings.unearned',
    sql: "UPDATE postings SET amount_fen = amount_fen - 1 WHERE account LIKE 'unearned:%' AND journal = (SELECT min(journal) FROM postings WHERE account LIKE 'unearned:%')",
  },
  {
    at: 'hub',
    what: 'postings.account',
    sql: "UPDATE postings SET amount_fen = amount_fen - 1 WHERE account LIKE 'unearned:%' AND ticket_no IS NULL",
  },
  { at: 'hub', what: 'journals.digest', sql: "UPDATE journals SET origin_date = '20140101' WHERE seq = 4" },
  { at: 'hub', what: 'journals.chain', sql: 'UPDATE journals SET at = at + 1 WHERE seq = 4' },
  { at: 'hub', what: 'journals.seq', sql: 'DELETE FROM journals WHERE seq = 4' },
  { at: 'hub', what: 'journals.row', sql: "DELETE FROM journals WHERE source_kind = 'ticket.voided'" },
  { at: 'hub', what: 'statements.owed_fen', sql: 'UPDATE statements SET owed_fen = owed_fen + 1' },
  { at: 'hub', what: 'statements.hash', sql: "UPDATE statements SET body = body || ' '" },
  { at: 'hub', what: 'stream.chain', sql: 'UPDATE inbox SET at = at + 1 WHERE seq = 2' },
  { at: 'hub', what: 'stream_in.head', sql: 'UPDATE stream_in SET ack = ack - 1' },
  { at: 'hub', what: 'trips.departs_at', sql: 'UPDATE trips SET departs_at = departs_at + 1' },
];

describe('fsck', () => {
  const clock = { at: Date.UTC(2014, 4, 31, 22), now: (): number => clock.at };
  const copies = mkdtempSync(join(tmpdir(), 'lianpiao-fsck-'));
  let province: Province;

  beforeAll(async () => {
    province = await openProvince(STATIONS, clock);
    await aDay(province, clock, expectClean);
  });
  afterAll(async () => {
    await province.close();
    rmSync(copies, { recursive: true, force: true });
  });

  const file = (at: 'hub' | 'station') => join(province.folder, `${at === 'hub' ? 'hub' : HANGZHOU}.sqlite`);

  /** As the command does: another connection, read only, while everything is open. */
  async function expectClean(): Promise<void> {
    expect(await look('hub', file('hub'))).toEqual([]);
    expect(await look('station', file('station'))).toEqual([]);
  }

  it('finds nothing in the data of a day, at any hour of it, through another connection or the open store', async () => {
    await expectClean();
    const { stations, hub } = province;
    expect(await all(findAtHub(hub.store.read))).toEqual([]);
    for (const [code, { agent }] of stations) expect(await all(findAtStation(agent.store.read, code))).toEqual([]);
  });

  it('sees one moment, changes nothing and holds nobody up while the process goes on', async () => {
    const before = readFileSync(file('hub'));
    const { read, close } = readHub(file('hub'));
    const found = findAtHub(read);
    await found.next();
    const { store } = province.hub;
    await store.transaction(async (tx) => void (await tx.db.insert(tx.t.meta).values({ key: 'fsck', value: '1' })));
    expect(await all(found)).toEqual([]);
    expect(await read.db.select().from(read.t.meta)).not.toContainEqual({ key: 'fsck', value: '1' });
    expect(() => read.engine.prepare('DELETE FROM meta').run([])).toThrow('readonly');
    close();
    expect(readFileSync(file('hub')).equals(before)).toBe(true);
  });

  it.each(DAMAGES)('names $what at a $at: $sql', async ({ at, what, sql }) => {
    const path = join(copies, `${at}-${what}.sqlite`);
    const source = new Sqlite(file(at), { readonly: true });
    source.exec(`VACUUM INTO '${path}'`);
    source.close();
    damage(path, sql);
    const found = await look(at, path);
    expect(found.map((each) => each.what)).toContain(what);
    for (const each of found) expect(lineOf(each)).toMatch(/^\S+ .+: expected .+, found .+$/);
    // A chain is followed from what is written: what is damaged in one place is not told of every row behind it.
    expect(found.length).toBeLessThan(200);
  });

  it('says by its exit code whether the two commands found anything', async () => {
    const enrolment = { station: { code: HANGZHOU, name: '杭州', grade: 1 }, certificate: '', ca: '', ticketKeyNo: 1 };
    const rest = { macKey: { keyNo: 1, sealed: '' }, brokers: ['mqtts://127.0.0.1:1'] };
    writeFileSync(join(copies, 'enrolment.json'), JSON.stringify({ ...enrolment, ...rest }));
    expect(await run('hub', province.folder)).toEqual({ code: 0, lines: ['没有差异。'] });
    copyFileSync(join(copies, 'hub-statements.hash.sqlite'), join(copies, 'hub.sqlite'));
    copyFileSync(join(copies, 'station-seats.row.sqlite'), join(copies, 'agent.sqlite'));
    expect(await run('hub', copies)).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([expect.stringMatching(/^statements.hash /)]),
    });
    expect(await run('agent', copies, '--json')).toMatchObject({
      code: 1,
      lines: [expect.stringContaining('"what":"seats.row"')],
    });
    expect(await run('agent', province.folder)).toMatchObject({ code: 2 });
  });

  it('writes one line a difference, and as JSON what a machine can read', async () => {
    const path = join(copies, 'lines.sqlite');
    copyFileSync(join(copies, 'hub-trips.departs_at.sqlite'), path);
    const { read, close } = readHub(path);
    const [text, json]: string[][] = [[], []];
    const count = await reportDifferences(findAtHub(read), { json: false, write: (line) => text!.push(line) });
    await reportDifferences(findAtHub(read), { json: true, write: (line) => json!.push(line) });
    close();
    expect([count, text!.length, json!.length]).toEqual([6, 7, 6]);
    expect(JSON.parse(json![0]!)).toMatchObject({ what: 'trips.departs_at', where: trips[0]!.tripId });
  });
});

async function run(at: 'hub' | 'agent', folder: string, ...more: string[]) {
  const cli = join(import.meta.dirname, '..', '..', at, 'src', 'cli.ts');
  const child = spawn(process.execPath, [cli, 'fsck', '--data', folder, ...more]);
  const [text, [code]] = await Promise.all([child.stdout.toArray(), once(child, 'close')]);
  return {
    code,
    lines: Buffer.concat(text as Buffer[])
      .toString()
      .trim()
      .split('\n'),
  };
}

function damage(path: string, sql: string): void {
  const copy = new Sqlite(path);
  const triggers = copy.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all() as string[];
  for (const trigger of triggers) copy.exec(`DROP TRIGGER ${trigger}`);
  const before = copy.prepare('SELECT total_changes()').pluck().get() as number;
  copy.exec(sql);
  expect(copy.prepare('SELECT total_changes()').pluck().get()).toBeGreaterThan(before);
  copy.close();
}

async function look(at: 'hub' | 'station', path: string): Promise<Difference[]> {
  if (at === 'hub') {
    const { read, close } = readHub(path);
    const found = await all(findAtHub(read));
    close();
    return found;
  }
  const { read, close } = readAgent(path);
  const found = await all(findAtStation(read, HANGZHOU));
  close();
  return found;
}

async function all(differences: Differences): Promise<Difference[]> {
  const found: Difference[] = [];
  for await (const difference of differences) found.push(difference);
  return found;
}
