import { aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raiseAlarm } from '../../raise-alarm.ts';
import { aTicket } from '../../testing/fresh-books.ts';
import { codeOf, type FreshConsole, freshConsole } from '../../testing/fresh-console.ts';
import { HANGZHOU, says } from '../../testing/fresh-hub.ts';
import type { Board } from './bodies.ts';

let desk: FreshConsole;
beforeEach(async () => {
  desk = await freshConsole();
});
afterEach(() => desk.end());

describe('stations', () => {
  it('are shown with link, queue, lag in events, parked queues and what was sold today', async () => {
    await says(desk.hub, HANGZHOU, 'trip.published', {
      ...aTrip(),
      stops: [...aTrip().stops],
      seats: [...aTrip().seats],
      fares: { ...aTrip().fares },
    });
    await says(desk.hub, HANGZHOU, 'ticket.sold', aTicket(aTrip(), { legs: 3 }));
    await desk.hub.store.transaction(async (tx) => {
      await tx.db.insert(tx.t.stationHeads).values({ station: HANGZHOU, lane: 'ev', head: 9, hash: '', at: NOON });
      await tx.db.insert(tx.t.streamIn).values({ peer: HANGZHOU, lane: 'ev', ack: 6, hash: '' });
    });
    const { stations } = await desk.get<Board>('/stations');
    expect(stations).toMatchObject([
      {
        code: HANGZHOU,
        link: 'online',
        queued: 4,
        lagEvents: 3,
        parked: 0,
        tripsToday: 1,
        soldToday: 1,
        soldTodayFen: 5000,
      },
    ]);
  });

  it('are made by an administrator, who sees the token once', async () => {
    const wish = { code: '330600001', name: '绍兴客运中心', grade: 2 };
    const made = await desk.post('/stations', wish);
    const { token } = (await made.json()) as { token: string };
    expect([made.status, token.length > 20]).toEqual([200, true]);
    const board = await desk.ask('/stations');
    const text = await board.text();
    expect(text).not.toContain(token);
    expect(JSON.parse(text)).toMatchObject({ stations: [{}, { code: '330600001', state: 'expected', link: 'never' }] });

    const operator = await desk.signIn('operator');
    const refused = await desk.post('/stations', wish, {}, operator.cookie);
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'auth.not-permitted']);
    expect((await desk.post('/stations', { ...wish, code: '33' })).status).toBe(422);
  });

  it('show queues that wait for a person, with the reason and how much waits behind them', async () => {
    const row = {
      peer: HANGZHOU,
      lane: 'ev',
      type: 'ticket.sold',
      tv: 1,
      at: NOON,
      agg: 'trip-1',
      fact: '{}',
      hash: '',
    };
    await desk.hub.store.transaction((tx) =>
      tx.db.insert(tx.t.inbox).values([
        { ...row, seq: 1, state: 'parked', reason: 'trip.unknown: {"tripId":"x"}' },
        { ...row, seq: 2, state: 'waiting' },
      ]),
    );
    expect(await desk.get('/parked')).toMatchObject({
      total: 1,
      rows: [{ station: HANGZHOU, agg: 'trip-1', code: 'trip.unknown', waiting: 1 }],
    });
    expect((await desk.get<Board>('/stations')).stations[0]!.parked).toBe(1);
    expect((await desk.post('/parked/replay', { station: HANGZHOU, agg: 'trip-1' })).status).toBe(200);
    expect(desk.replayed).toEqual([`${HANGZHOU} trip-1`]);
  });
});

describe('alarms', () => {
  it('say what to do, and are closed once by somebody', async () => {
    await desk.hub.store.transaction((tx) =>
      raiseAlarm(tx, 'ticket.boarded-after-end', '33010000110010000001', 'refunded 01', NOON),
    );
    const { rows } = await desk.get<{ rows: { id: number; title: string }[] }>('/alarms');
    expect(rows).toMatchObject([{ code: 'ticket.boarded-after-end', subject: '33010000110010000001', closedAt: null }]);
    const id = rows[0]!.id;
    expect((await desk.post(`/alarms/${id}/close`, {})).status).toBe(200);
    expect(await codeOf(await desk.post(`/alarms/${id}/close`, {}))).toBe('alarm.not-open');
    expect(await desk.get('/alarms')).toMatchObject({ rows: [] });
    expect(await desk.get('/alarms?state=all')).toMatchObject({ rows: [{ closedBy: 'admin' }] });
  });
});
