import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { hashPassword } from '@lianpiao/shared/people/password';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepBooks } from '../ledger/keep-books.ts';
import { openBooks } from '../ledger/open-books.ts';
import { paymentNotified } from '../orders/payment-notified.ts';
import { quoteRefund } from '../orders/quote-refund.ts';
import { refundTicket } from '../orders/refund-ticket.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { advancePeriods } from '../settlement/advance-periods.ts';
import { aTicket } from '../testing/fresh-books.ts';
import { acknowledges, anOrder, call, type FreshHub, freshHub, HANGZHOU, onSale, says } from '../testing/fresh-hub.ts';
import type { Board, TripDetail } from './console/bodies.ts';
import { consoleRoutes } from './console-routes.ts';

/** Two days ahead, so that a refund on line is still possible. */
const trip = aTrip({ serviceDate: '20261123' as never });
const PASSWORD = 'a-password-of-a-test';
/** Deriving it is slow on purpose: once for the file. */
const passwordHash = await hashPassword(PASSWORD);

let hub: FreshHub;
let app: ReturnType<typeof openApiApp>;
let cookie: string;
let replayed: string[];
const faults: unknown[] = [];

const ask = (path: string, init: RequestInit & { as?: string } = {}) =>
  app.request(`/console/v1${path}`, {
    ...init,
    headers: { cookie: init.as ?? cookie, 'content-type': 'application/json', ...init.headers },
  });
const get = async <Body>(path: string) => {
  const answer = await ask(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as Body;
};
const post = (path: string, body: unknown, headers: Record<string, string> = {}, as?: string) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers, ...(as === undefined ? {} : { as }) });
const signIn = async (user: string, password = PASSWORD) => {
  const answer = await post('/session', { user, password }, {}, '');
  return { answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! };
};
const from = (remoteAddress: string, user: string, password: string) =>
  app.request(
    '/console/v1/session',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, password }),
    },
    { incoming: { socket: { remoteAddress } } },
  );
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

beforeEach(async () => {
  hub = await freshHub();
  await openBooks(hub.store, NOON);
  Object.assign(hub, { money: keepBooks({ provider: hub.provider.name }) });
  await hub.store.transaction(async (tx) => {
    for (const role of ['operator', 'finance', 'admin'])
      await tx.db.insert(tx.t.users).values({ user: role, name: `测试${role}`, role, passwordHash, failures: 0 });
  });
  replayed = [];
  const freshness = () => [
    {
      station: HANGZHOU,
      online: true,
      lastWordAt: hub.clock.now() - 1_000,
      queuedThere: 4,
      queuedHere: 0,
      lagMs: 30,
      clockOffsetMs: 2,
      agentVersion: '0.1.0',
      upMs: 60_000,
      bytesPerSecond: null,
      stopped: null,
    },
  ];
  const replay = async (station: string, agg: string) => void replayed.push(`${station} ${agg}`);
  app = openApiApp((cause) => faults.push(cause));
  consoleRoutes(app, { hub, link: { freshness, replay }, log: (cause) => faults.push(cause) });
  cookie = (await signIn('admin')).cookie;
});
afterEach(async () => {
  await hub.end();
  expect(faults.splice(0)).toEqual([]);
});

/** The provider says that a payment was made. */
async function paid({
  paymentId,
  amountFen,
}: {
  readonly paymentId: string;
  readonly amountFen: number;
}): Promise<void> {
  const notice = { paymentId, providerRef: `ref-${paymentId}`, amountFen, paidAt: hub.clock.now() };
  expect(await paymentNotified(hub, notice, hub.clock.now())).toMatchObject({
    ok: true,
    value: { became: 'ticketed' },
  });
}

/** A trip with a ticket of the station, one sold through the hub, and one hub ticket that is being refunded. */
async function aBusyTrip() {
  await onSale(hub, trip, 4);
  const passenger = aPassenger(7);
  const stationTicket = aTicket(trip, { seat: '01', legs: 3, insuranceFen: 0, fareFen: 4000 });
  await says(hub, HANGZHOU, 'ticket.sold', stationTicket, hub.persons.seal(passenger, '20261121').sealed);
  const kept = await anOrder(hub, trip, { first: 1 });
  await paid(kept.payment);
  const given = await anOrder(hub, trip, { first: 2 });
  await paid(given.payment);
  const open = await anOrder(hub, trip, { first: 3 });
  const { db, t } = hub.store.read;
  const back = (await db.select().from(t.tickets)).find(({ orderId }) => orderId === given.order.orderId)!;
  const quote = await quoteRefund(hub, { ticketNo: back.ticketNo, channel: 'web', overrule: null }, NOON);
  if (!quote.ok) throw new Error(quote.refusal.code);
  const refund = { ticketNo: back.ticketNo, quoteId: quote.value.quoteId, payer: 'original' as const };
  expect((await refundTicket(hub, call(), refund, NOON)).ok).toBe(true);
  return { kept, given, open, stationTicket };
}

describe('signing in', () => {
  it('opens a session that says what the role may do, and closes it again', async () => {
    expect(await get('/session')).toMatchObject({
      user: 'admin',
      role: 'admin',
      may: expect.arrayContaining(['stations.add']),
    });
    expect((await ask('/session', { method: 'DELETE' })).status).toBe(204);
    expect((await ask('/session')).status).toBe(401);
  });

  it('rests an account for five minutes after five wrong passwords where they came from, and at its own window never', async () => {
    for (let times = 0; times < 5; times += 1) {
      const answer = await from('10.0.0.66', 'operator', 'wrong');
      expect([answer.status, await codeOf(answer)]).toEqual([401, 'auth.wrong-password']);
    }
    const locked = await from('10.0.0.66', 'operator', PASSWORD);
    expect([locked.status, await codeOf(locked)]).toEqual([403, 'auth.locked']);
    expect((await from('10.0.0.1', 'operator', PASSWORD)).status).toBe(200);
    const { db, t } = hub.store.read;
    const rested = await db.select().from(t.audit).where(eq(t.audit.what, 'account.rested'));
    expect(rested).toMatchObject([{ subject: 'operator', detail: '10.0.0.66' }]);
    hub.clock.at += 5 * 60_000 + 1;
    expect((await from('10.0.0.66', 'operator', PASSWORD)).status).toBe(200);
  });

  it('slows strange addresses down when an account is guessed at from many, and not where it has signed in', async () => {
    await hub.store.transaction((tx) =>
      tx.db.update(tx.t.users).set({ failures: 29 }).where(eq(tx.t.users.user, 'admin')),
    );
    expect((await signIn('admin', 'wrong')).answer.status).toBe(401);
    const strange = await from('10.0.0.77', 'admin', PASSWORD);
    expect([strange.status, await codeOf(strange)]).toEqual([403, 'auth.slowed']);
    expect((await signIn('admin')).answer.status).toBe(200);
  });

  it('does nothing that another web site asks with the cookie, signing in and out included', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.test' };
    for (const [method, path] of [
      ['POST', '/session'],
      ['DELETE', '/session'],
      ['POST', '/alarms/1/close'],
    ] as const) {
      const answer = await ask(path, { method, headers, body: '{}' });
      expect([path, answer.status, await codeOf(answer)]).toEqual([path, 403, 'auth.foreign-origin']);
    }
    expect((await ask('/session', { headers })).status).toBe(200);
  });

  it('answers nothing to who is not signed in, statements included', async () => {
    for (const path of [
      '/stations',
      '/trips',
      '/orders',
      '/periods',
      '/trial-balance',
      '/alarms',
      '/parked',
      '/statements',
    ])
      expect([path, (await ask(path, { as: '' })).status]).toEqual([path, 401]);
    expect((await app.request('/console/statements/P000001-0001.csv')).status).toBe(401);
  });

  it('ends a session after twelve hours', async () => {
    hub.clock.at += 12 * 3600_000 + 1;
    expect((await ask('/session')).status).toBe(401);
  });
});

describe('stations', () => {
  it('are shown with link, queue, lag in events, parked queues and what was sold today', async () => {
    await says(hub, HANGZHOU, 'trip.published', {
      ...aTrip(),
      stops: [...aTrip().stops],
      seats: [...aTrip().seats],
      fares: { ...aTrip().fares },
    });
    await says(hub, HANGZHOU, 'ticket.sold', aTicket(aTrip(), { legs: 3 }));
    await hub.store.transaction(async (tx) => {
      await tx.db.insert(tx.t.stationHeads).values({ station: HANGZHOU, lane: 'ev', head: 9, hash: '', at: NOON });
      await tx.db.insert(tx.t.streamIn).values({ peer: HANGZHOU, lane: 'ev', ack: 6, hash: '' });
    });
    const { stations } = await get<Board>('/stations');
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
    const made = await post('/stations', wish);
    const { token } = (await made.json()) as { token: string };
    expect([made.status, token.length > 20]).toEqual([200, true]);
    const board = await ask('/stations');
    const text = await board.text();
    expect(text).not.toContain(token);
    expect(JSON.parse(text)).toMatchObject({ stations: [{}, { code: '330600001', state: 'expected', link: 'never' }] });

    const operator = await signIn('operator');
    const refused = await post('/stations', wish, {}, operator.cookie);
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'auth.not-permitted']);
    expect((await post('/stations', { ...wish, code: '33' })).status).toBe(422);
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
    await hub.store.transaction((tx) =>
      tx.db.insert(tx.t.inbox).values([
        { ...row, seq: 1, state: 'parked', reason: 'trip.unknown: {"tripId":"x"}' },
        { ...row, seq: 2, state: 'waiting' },
      ]),
    );
    expect(await get('/parked')).toMatchObject({
      total: 1,
      rows: [{ station: HANGZHOU, agg: 'trip-1', code: 'trip.unknown', waiting: 1 }],
    });
    expect((await get<Board>('/stations')).stations[0]!.parked).toBe(1);
    expect((await post('/parked/replay', { station: HANGZHOU, agg: 'trip-1' })).status).toBe(200);
    expect(replayed).toEqual([`${HANGZHOU} trip-1`]);
  });
});

describe('trips', () => {
  it('show each seat and leg with its owner, and the sums are the picture', async () => {
    await aBusyTrip();
    const list = await get<{ rows: object[] }>('/trips?date=20261123');
    expect(list.rows).toMatchObject([
      {
        sold: 2,
        remaining: { station: 40, hub: 1 },
        station: { owned: 82, sold: 2 },
        hub: { owned: 8, held: 2, sold: 2, free: 2 },
        underWay: 0,
      },
    ]);
    const detail = await get<TripDetail>(`/trips/${trip.tripId}`);
    expect(detail.legs).toHaveLength(2);
    expect(detail.checks).toEqual({ oneTicketALeg: true, soldIsOwned: true, seatLegs: 90 });
    const cells = detail.seats.flatMap((seat) => seat.cells);
    const count = (owner: string, state: string) =>
      cells.filter((cell) => cell.owner === owner && cell.state === state).length;
    expect([count('station', 'sold'), count('hub', 'sold'), count('hub', 'held'), count('hub', 'freed')]).toEqual([
      2, 2, 2, 2,
    ]);
    expect(detail.transfers).toHaveLength(4);
    expect(detail.tickets.map(({ passenger }) => passenger)).toContain('测**');
  });

  it('are found by number and by stop, and pages hang together', async () => {
    for (const [index, tripNo] of ['A1', 'A2', 'B3'].entries())
      await onSale(hub, aTrip({ tripNo, departs: 600 + index }), 0);
    expect(await get('/trips?q=A')).toMatchObject({ total: 2, next: null });
    expect(await get(`/trips?q=${encodeURIComponent('绍兴')}`)).toMatchObject({ total: 3 });
    expect(await get('/trips?q=%25')).toMatchObject({ total: 0 });
    const first = await get<{ next: string; rows: { tripNo: string }[] }>('/trips?limit=2');
    const second = await get<{ next: null; rows: { tripNo: string }[] }>(
      `/trips?limit=2&after=${encodeURIComponent(first.next)}`,
    );
    expect([...first.rows, ...second.rows].map(({ tripNo }) => tripNo)).toEqual(['A1', 'A2', 'B3']);
    expect((await ask('/trips?limit=201')).status).toBe(422);
    expect((await ask('/trips/no-such-trip')).status).toBe(404);
  });
});

describe('orders', () => {
  it('show payment and waiting refunds, and each view has its own', async () => {
    const { kept, given, open } = await aBusyTrip();
    const ids = async (query: string) =>
      (await get<{ rows: { orderId: string }[] }>(`/orders?${query}`)).rows.map(({ orderId }) => orderId);
    expect(await ids('state=attention')).toEqual([given.order.orderId]);
    expect(await ids('state=open')).toEqual([open.order.orderId]);
    expect((await ids('state=ticketed')).sort()).toEqual([given.order.orderId, kept.order.orderId].sort());
    expect(await get(`/orders/${given.order.orderId}`)).toMatchObject({
      order: { payment: 'paid', waitingFen: 3600, notes: ['refund-waiting'] },
      refunds: [{ state: 'waiting', amountFen: 3600, feeFen: 400 }],
    });
  });

  it('tell what happened in order, with the clock of the writer and whether the station has confirmed', async () => {
    const { kept } = await aBusyTrip();
    const told = async () =>
      (await get<{ history: { what: string; arrived: boolean | null }[] }>(`/orders/${kept.order.orderId}`)).history;
    const history = await told();
    expect(history.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['order.created', 'payment.made', 'ticket.sold', 'told.sold']),
    );
    expect(history.find(({ what }) => what === 'told.sold')).toMatchObject({ arrived: false });
    await acknowledges(hub);
    expect((await told()).find(({ what }) => what === 'told.sold')).toMatchObject({ arrived: true });
  });

  it('are found by ticket number, also those that a station made', async () => {
    const { kept, stationTicket } = await aBusyTrip();
    const { db, t } = hub.store.read;
    const ticket = (await db.select().from(t.tickets)).find(({ orderId }) => orderId === kept.order.orderId)!;
    expect(await get(`/orders?q=${ticket.ticketNo}`)).toMatchObject({
      total: 1,
      rows: [{ orderId: kept.order.orderId }],
    });
    expect(await get(`/orders/${stationTicket.orderId}`)).toMatchObject({
      order: { notes: ['other-home'], seller: HANGZHOU },
    });
    expect((await ask('/orders/nobody')).status).toBe(404);
  });
});

describe('money', () => {
  const key = { 'idempotency-key': 'close-period-1' };

  it('closes the open period once, gives statements as page and file, and shows whether the books balance', async () => {
    await aBusyTrip();
    const closed = await post('/periods/close', { periodId: 'P000001' }, key);
    expect(await closed.json()).toMatchObject({ periodId: 'P000001', nextPeriodId: 'P000002' });
    expect(await (await post('/periods/close', { periodId: 'P000001' }, key)).json()).toMatchObject({
      nextPeriodId: 'P000002',
    });
    await says(hub, HANGZHOU, 'shift.closed', {
      shiftId: 's1',
      clerk: 'u1',
      openedAt: NOON,
      closedAt: NOON,
      bizDate: '20261121',
      expectedFen: 4000,
      countedFen: 4000,
    });
    expect(
      (await post('/periods/close', { periodId: 'P000002' }, { 'idempotency-key': 'close-period-2' })).status,
    ).toBe(200);
    await advancePeriods(hub.store, NOON);
    expect(await get('/periods')).toMatchObject({
      total: 3,
      rows: [
        { state: 'open' },
        { id: 'P000002', state: 'netted', statements: 1, owingFen: 4000 },
        { id: 'P000001', closedBy: 'admin' },
      ],
    });
    const { rows } = await get<{ rows: { pageUrl: string; csvUrl: string; owedFen: number }[] }>(
      '/statements?period=P000002',
    );
    expect(rows).toMatchObject([{ owedFen: -4000 }]);
    const [page, csv] = [
      await app.request(rows[0]!.pageUrl, { headers: { cookie } }),
      await app.request(rows[0]!.csvUrl, { headers: { cookie } }),
    ];
    expect([page.status, page.headers.get('content-type'), csv.status, csv.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=UTF-8',
      200,
      'text/csv; charset=utf-8',
    ]);
    expect(await page.text()).toContain('结算单');
    expect(await get('/trial-balance')).toMatchObject({ balanced: true, sumFen: 0 });
  });

  it('needs a key, a role, and a second person for approval', async () => {
    await aBusyTrip();
    expect(await codeOf(await post('/periods/close', { periodId: 'P000001' }))).toBe('call.key-missing');
    const operator = await signIn('operator');
    expect(await codeOf(await post('/periods/close', { periodId: 'P000001' }, key, operator.cookie))).toBe(
      'auth.not-permitted',
    );
    await post('/periods/close', { periodId: 'P000001' }, key);
    await advancePeriods(hub.store, NOON);
    const step = (name: string, as?: string) =>
      post('/periods/P000001/release', { step: name }, { 'idempotency-key': `release-${name}` }, as);
    expect((await step('submit')).status).toBe(200);
    expect(await codeOf(await step('approve'))).toBe('period.same-person');
    expect(await (await step('approve', (await signIn('finance')).cookie)).json()).toMatchObject({ state: 'approved' });
  });
});

describe('alarms', () => {
  it('say what to do, and are closed once by somebody', async () => {
    await hub.store.transaction((tx) =>
      raiseAlarm(tx, 'ticket.boarded-after-end', '33010000110010000001', 'refunded 01', NOON),
    );
    const { rows } = await get<{ rows: { id: number; title: string }[] }>('/alarms');
    expect(rows).toMatchObject([{ code: 'ticket.boarded-after-end', subject: '33010000110010000001', closedAt: null }]);
    const id = rows[0]!.id;
    expect((await post(`/alarms/${id}/close`, {})).status).toBe(200);
    expect(await codeOf(await post(`/alarms/${id}/close`, {}))).toBe('alarm.not-open');
    expect(await get('/alarms')).toMatchObject({ rows: [] });
    expect(await get('/alarms?state=all')).toMatchObject({ rows: [{ closedBy: 'admin' }] });
  });
});

it('never shows a name, a document, a phone or a pickup code in any answer', async () => {
  const { kept, given, open, stationTicket } = await aBusyTrip();
  const { db, t } = hub.store.read;
  const codes = (await db.select().from(t.orders)).flatMap(({ pickupCode }) => pickupCode ?? []);
  const paths = [
    '/stations',
    '/trips?date=20261123',
    `/trips/${trip.tripId}`,
    '/orders',
    '/periods',
    '/statements',
    '/trial-balance',
    '/alarms',
    '/parked',
  ];
  for (const orderId of [kept.order.orderId, given.order.orderId, open.order.orderId, stationTicket.orderId])
    paths.push(`/orders/${orderId}`);
  const secret = [7, 1, 2, 3].flatMap((index) => [aPassenger(index).name, aPassenger(index).idNo]);
  const said = (await Promise.all(paths.map(async (path) => (await ask(path)).text()))).join('\n');
  expect(codes).toHaveLength(2);
  for (const word of [...secret, ...codes, '测试甲', '13800000000']) expect(said.includes(word), word).toBe(false);
  expect(said).toContain('3*************');
});

it('stands in the OpenAPI document with every call', () => {
  const { paths = {} } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '1' } });
  for (const path of [
    '/session',
    '/stations',
    '/parked',
    '/trips',
    '/trips/{tripId}',
    '/orders',
    '/orders/{orderId}',
    '/periods',
    '/periods/close',
    '/statements',
    '/trial-balance',
    '/alarms',
  ])
    expect(Object.keys(paths)).toContain(`/console/v1${path}`);
});
