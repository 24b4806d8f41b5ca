import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import type { SourceReading } from '@lianpiao/agent/legacy/port';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { keepStops } from '@lianpiao/agent/trips/keep-stops';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { readStationList } from '@lianpiao/hub/stations/import-station-list';
import { keepStationList } from '@lianpiao/hub/stations/keep-station-list';
import { arrivesAt } from '@lianpiao/shared/domain/trip';
import type { Difference } from '@lianpiao/shared/fsck/difference';
import { needs } from '@lianpiao/shared/testing/needs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAgreement, expectRemaining, expectSameTickets } from './real-timetables/agreement.ts';
import { ChannelSales } from './real-timetables/channel-sales.ts';
import { rush, sellAtCounter } from './real-timetables/counter-sales.ts';
import { Day } from './real-timetables/day.ts';
import { clearAll, closeShifts, expectSettledBooks, refundAfterTravel } from './real-timetables/end-of-day.ts';
import { boardAll, depart, gateHours } from './real-timetables/gates.ts';
import { openProvince, type Province } from './real-timetables/province.ts';
import { collectOne, rebookOne, refundAtCounter, refundOnLine, voidOne } from './real-timetables/ticket-changes.ts';
import {
  directoryOfStation,
  FLIXBUS,
  RAIL,
  readFlixbus,
  readRail,
  someOfEachLength,
} from './real-timetables/timetables.ts';

const data = needs('shared-data');
const folder = data.have ? data.path : '';

const MINUTE = 60_000;
/** Thursday morning in China, three days before the service day: on line a ticket goes back until 24 hours before departure. */
const SALE_OPENS = Date.UTC(2014, 4, 29, 0);
const TRIPS_EACH = 40;
const STEPS_BEFORE = 700;
const STEPS_ON_THE_DAY = 250;
const CHECK_EVERY = 150;
const SEED = 20140601;

/** The parts are one day: each begins where the one before it ended. */
describe.runIf(data.have)('a day on real timetables', () => {
  const clock = { at: SALE_OPENS, now: (): number => clock.at };
  let province: Province;
  const readings = new Map<string, SourceReading>();
  let day: Day;
  let channel: ChannelSales;

  beforeAll(async () => {
    province = await openProvince([FLIXBUS, RAIL], clock);
  });
  afterAll(() => province.close());

  it('keeps the 204 coach stations of Zhejiang in the hub’s directory, once', async () => {
    const list = readStationList(await readFile(join(folder, 'cn-coach-stations-zhejiang/stations.json'), 'utf8'));
    if (!list.ok) throw new Error(list.refusal.code);
    for (let time = 0; time < 2; time += 1) await keepStationList(province.hub.store, list.value.stations);
    const { db, t } = province.hub.store.read;
    const rows = await db.select().from(t.stationDirectory);
    expect([list.value.nodes, rows.length, new Set(rows.map(({ name }) => name)).size]).toEqual([12, 204, 204]);
  });

  it('reads both timetables of the service day and names what is dirty by file and line', async () => {
    readings.set(FLIXBUS, await readFlixbus(folder, clock.now()));
    readings.set(RAIL, await readRail(folder, clock.now()));
    const seen = [...readings.values()].map(({ trips, setAsideCount }) => [trips.length, setAsideCount]);
    expect(seen).toEqual([
      [245, 4],
      [310, 188],
    ]);
    const aside = [...readings.values()].flatMap(({ setAside }) => setAside);
    const lines = aside.map(({ file, line, reason }) => `${file}:${line} ${reason}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        'stop_times.txt:4207 row.stop-unknown',
        'stop_times.txt:3977 row.fare-over-ceiling',
        'stop_rows.csv:21 row.fare-backwards',
      ]),
    );
    for (const { line, text } of aside) expect([line !== null, text !== '']).toEqual([true, true]);
  });

  it('imports them into two stations, and the hub knows every trip and owns what the standing orders give', async () => {
    for (const [code, { trips }] of readings) {
      const { agent } = province.stations.get(code)!;
      await keepStops(agent, trips, directoryOfStation(code));
      expect(await importTrips(agent, trips, clock.now())).toMatchObject({ added: trips.length, kept: [] });
      expect(await importTrips(agent, trips, clock.now())).toMatchObject({ added: 0, same: trips.length });
    }
    const chosen = [...readings.values()].flatMap(({ trips }) => someOfEachLength(trips, TRIPS_EACH));
    const lengths = chosen.map(({ stops }) => stops.length);
    expect([chosen.length, Math.min(...lengths)]).toEqual([2 * TRIPS_EACH, 2]);
    expect(Math.max(...lengths)).toBeGreaterThan(30);
    day = new Day(province, clock, chosen, SEED);
    channel = new ChannelSales(day);
    await day.carry();
    const { db, t } = province.hub.store.read;
    expect(await db.select({ tripId: t.trips.tripId }).from(t.trips)).toHaveLength(245 + 310);
    expect(await expectAgreement(day)).toBeGreaterThan(10_000);
    await expectRemaining(day, 20);
  });

  it('sells at counters and through the channel, gives back, rebooks and hands out, and agrees with the model throughout', async () => {
    for (let step = 1; step <= STEPS_BEFORE; step += 1) {
      clock.at += MINUTE + day.upTo(2 * MINUTE);
      await anything();
      if (day.chance(0.2)) await day.carry();
      if (day.chance(0.05)) await channel.housekeep();
      if (step % CHECK_EVERY !== 0) continue;
      await rush(day, day.ride());
      await agree();
    }
  });

  it('boards and departs every coach at its gate while the counters go on selling', async () => {
    const hours = gateHours(day.trips);
    const sales = Math.ceil(STEPS_ON_THE_DAY / hours.length);
    for (const [index, { at, what, trip }] of hours.entries()) {
      clock.at = Math.max(clock.at, at);
      await day.carry();
      await (what === 'board' ? boardAll : depart)(day, trip);
      for (let sale = 0; sale < sales; sale += 1) await anything();
      if (index % CHECK_EVERY === 0) await agree();
    }
    await agree();
    await expectSameTickets(day);
  });

  it('clears what has travelled, and the books hold nothing that is not somebody’s', async () => {
    const last = Math.max(...day.trips.map((trip) => arrivesAt(trip, trip.stops.length - 1)));
    clock.at = Math.max(clock.at, last) + 120 * MINUTE;
    await agree();
    await clearAll(day);
    await expectSameTickets(day);
    await refundAfterTravel(day, 12);
    await closeShifts(day);
    await day.carry();
    await channel.housekeep();
    await expectSameTickets(day);
    await expectSettledBooks(day);
  });

  it('leaves nothing that fsck finds', async () => {
    const found: Difference[] = [];
    for await (const each of findAtHub(province.hub.store.read)) found.push(each);
    for (const [code, { agent }] of province.stations)
      for await (const each of findAtStation(agent.store.read, code)) found.push(each);
    expect(found).toEqual([]);
  });

  it('has seen everything that a day brings', () => {
    const least = {
      'counter ticket': 500,
      'channel ticket': 200,
      'counter hold: seat.sold-out': 1,
      'counter hold: seat.taken': 1,
      'channel hold: seat.sold-out': 1,
      'channel hold with seats asked for': 10,
      'counter release': 5,
      'channel release': 5,
      'counter hold left behind': 5,
      'channel payer: late': 5,
      'channel payer: twice': 5,
      'channel payer: never': 5,
      'counter holds at once': 20,
      void: 10,
      rebook: 10,
      'refund at home': 5,
      'refund at another station': 5,
      'refund of a channel ticket in cash': 5,
      'refund on line': 5,
      'station ticket collected': 5,
      'channel ticket collected': 5,
      'station ticket boarded': 50,
      'channel ticket boarded': 20,
      unboarded: 2,
      forfeited: 5,
      departure: 2 * TRIPS_EACH - 5,
      'counted as travelled': 50,
      'refund after travel': 12,
      repeated: 50,
      'remaining counted': 100,
    };
    const seen = Object.fromEntries(Object.keys(least).map((what) => [what, day.counts.get(what) ?? 0]));
    for (const [what, count] of Object.entries(least))
      expect([what, seen[what]! >= count, seen[what]]).toEqual([what, true, seen[what]]);
  });

  async function anything(): Promise<void> {
    const dice = day.random();
    if (dice < 0.42) await sellAtCounter(day, day.ride());
    else if (dice < 0.7) await channel.sell(day.ride());
    else if (dice < 0.75) await voidOne(day);
    else if (dice < 0.81) await refundAtCounter(day, channel);
    else if (dice < 0.84) await refundOnLine(day, channel);
    else if (dice < 0.91) await rebookOne(day);
    else await collectOne(day);
  }

  /** Everything is told and everything that is over has ended; then both owners are held against the model. */
  async function agree(): Promise<void> {
    await day.carry();
    await channel.housekeep();
    await day.carry();
    await channel.hearGates();
    await province.sweepHolds();
    await expectAgreement(day);
    await expectRemaining(day, 20);
  }
});
