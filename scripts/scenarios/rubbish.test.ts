import { renameSync } from 'node:fs';
import { SET_ASIDE_TEXT } from '@lianpiao/agent/legacy/set-aside';
import { channelRoutes } from '@lianpiao/hub/api/channel-routes';
import { TripSearch } from '@lianpiao/hub/inventory/trip-search';
import { type FreshHub, freshHub, onSale } from '@lianpiao/hub/testing/fresh-hub';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import type { Held } from '@lianpiao/shared/protocol/ticketing';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BadRequest, badHolds } from './rubbish/bad-requests.ts';
import { expectProblem, expectWords, send } from './rubbish/problems.ts';
import { type AStation, aStation } from './rubbish/station.ts';

describe('rubbish at a station', () => {
  let station: AStation;
  const load = async (fixture: 'hangzhou' | 'shaoxing') => {
    station = await aStation(fixture);
    expect(await station.watch.look()).toBeGreaterThan(10);
    return station;
  };
  afterEach(() => station.agent.end());

  /** A program of the station holds a seat on the first trip that leaves tomorrow. */
  const canSell = async () => {
    const { db, t } = station.agent.store.read;
    const trip = (await db.select().from(t.trips)).find(({ serviceDate }) => serviceDate === '20261122')!;
    const body = JSON.stringify({ tripId: trip.tripId, from: 0, to: 1, count: 1 });
    const { answer, body: held } = await send(
      station.app,
      station.token,
      { method: 'POST', path: '/adapter/v1/holds', body },
      'zh',
    );
    expect([answer.status, (held as Held).seats?.length]).toEqual([200, 1]);
  };

  it('stays out of the inventory line by line, and the good rows of the same folder are sold', async () => {
    await load('hangzhou');
    const trips = station.watch.status.trips;
    const timetable = station.read('drop/timetable.csv');
    const lines = timetable.toString('latin1').split(/\r?\n/);
    const broken = [
      ...lines.slice(0, 1),
      `"${lines[1]}`,
      lines[2]!.replace(/\d\d:\d\d/g, '99:99'),
      '',
      lines[3]!.slice(0, 9),
    ];
    station.put('drop/broken.csv', Buffer.from(broken.join('\r\n'), 'latin1'));
    station.put('drop/picture.csv', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)));
    station.put('drop/nothing.csv', '');
    station.put('drop/wrong-table.csv', 'a,b,c\r\n1,2,3\r\n');
    await station.watch.look();
    const { fault, setAside, trips: after } = station.watch.status;
    expect([fault, after]).toEqual([null, trips]);
    const files = new Set(setAside.map(({ file }) => file));
    expect([...files].sort()).toEqual(['broken.csv', 'nothing.csv', 'picture.csv', 'wrong-table.csv']);
    for (const { reason, text } of setAside) expect(text).toBe(SET_ASIDE_TEXT[reason]);
    expect(setAside.some(({ file, line }) => file === 'broken.csv' && line !== null)).toBe(true);
    const { db, t } = station.agent.store.read;
    expect(await db.select().from(t.setAside)).toHaveLength(setAside.length);
    await canSell();
  });

  it('has a reason in both languages for every row and file that may be set aside', () => {
    for (const reason of Object.keys(SET_ASIDE_TEXT)) expectWords(reason);
  });

  it('takes nothing of a feed that lacks a file, says which, and sells on from what it had', async () => {
    await load('shaoxing');
    const { trips } = station.watch.status;
    for (const file of ['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt', 'calendar.txt']) {
      renameSync(station.at('gtfs', file), station.at(file));
      station.clock.at += 60_000;
      await station.watch.look();
      const { fault } = station.watch.status;
      expect(fault).toMatchObject({ code: 'legacy.gtfs-file-missing', hint: expect.stringContaining(file) });
      expectWords(fault!.code);
      await canSell();
      renameSync(station.at(file), station.at('gtfs', file));
      station.clock.at += 60_000;
      await station.watch.look();
      expect([file, station.watch.status.fault, station.watch.status.trips]).toEqual([file, null, trips]);
    }
  });

  it('is refused at the interface with a code in both languages, and the next request is served', async () => {
    await load('hangzhou');
    const trips = { method: 'PUT' as const, path: '/adapter/v1/trips', status: 422, code: 'body.malformed' };
    const requests: BadRequest[] = [
      ...badHolds('/adapter/v1/holds'),
      { ...trips, name: 'trips that are none', body: '[{"tripId":"x"}]' },
      { ...trips, name: 'no trips at all', body: '[]' },
      {
        name: 'a date that is none',
        method: 'GET',
        path: '/adapter/v1/trips?to=x&date=tomorrow',
        status: 422,
        code: 'body.malformed',
      },
      {
        name: 'a clerk who is nobody',
        method: 'POST',
        path: '/counter/v1/session',
        body: '{"user":1}',
        status: 422,
        code: 'body.malformed',
      },
      {
        name: 'a counter without a clerk',
        method: 'GET',
        path: '/counter/v1/print-jobs',
        status: 401,
        code: 'auth.needed',
      },
      {
        name: 'a kiosk with another one’s token',
        method: 'GET',
        path: '/kiosk/v1/trips/departures',
        status: 401,
        code: 'auth.needed',
      },
    ];
    for (const request of requests) {
      await expectProblem(station.app, station.token, request);
      await canSell();
    }
  });
});

describe('rubbish at the hub', () => {
  const TOKEN = 'a-token-of-thirty-two-characters';
  const trip = aTrip({ serviceDate: '20261123' as never });
  let hub: FreshHub;
  let app: ReturnType<typeof openApiApp>;
  beforeEach(async () => {
    hub = await freshHub();
    await onSale(hub, trip, 45);
    const web = { id: 'web-demo', name: '示例网站', kind: 'web', terminal: '001', state: 'open' };
    const row = { ...web, tokenHash: sm3Hex(TOKEN), feeBasisPoints: 0, callsPerMinute: 60_000 };
    await hub.store.transaction((tx) => tx.db.insert(tx.t.channels).values(row));
    const search = new TripSearch(hub.store);
    await search.load(hub.clock.now());
    app = openApiApp(() => undefined);
    channelRoutes(app, { hub, search, log: () => undefined });
  });
  afterEach(() => hub.end());

  it('is refused to a channel with a code in both languages, and the next request is served', async () => {
    const order = { method: 'POST' as const, path: '/channel/v1/orders' };
    const passengers = [{ name: '测试甲', idType: 'resident', idNo: '330106199003070010' }];
    const contact = { name: '测试甲', phone: '13800000000' };
    const requests: BadRequest[] = [
      ...badHolds('/channel/v1/holds'),
      {
        ...order,
        name: 'an order of nobody',
        body: JSON.stringify({ holdId: 'h', passengers: [], contact }),
        status: 422,
        code: 'body.malformed',
      },
      {
        ...order,
        name: 'a telephone that is none',
        body: JSON.stringify({ holdId: 'h', passengers, contact: { ...contact, phone: 'call me' } }),
        status: 422,
        code: 'body.malformed',
      },
      {
        ...order,
        name: 'a hold that is not there',
        body: JSON.stringify({ holdId: 'h', passengers, contact }),
        status: 404,
        code: 'hold.unknown',
      },
      {
        name: 'a ticket of somebody else',
        method: 'GET',
        path: '/channel/v1/tickets/33010000110010000001',
        status: 404,
        code: 'ticket.unknown',
      },
      {
        name: 'a search without a date',
        method: 'GET',
        path: '/channel/v1/trips?from=a&to=b',
        status: 422,
        code: 'body.malformed',
      },
    ];
    const body = JSON.stringify({ tripId: trip.tripId, from: 0, to: 1, count: 1 });
    for (const request of requests) {
      await expectProblem(app, TOKEN, request);
      const { answer } = await send(app, TOKEN, { method: 'POST', path: '/channel/v1/holds', body }, 'en');
      expect([request.name, answer.status]).toEqual([request.name, 200]);
    }
  });
});
