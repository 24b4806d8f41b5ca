import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { DEFAULT_RULES } from '@lianpiao/shared/domain/rules';
import { nameSchemes } from '@lianpiao/shared/http/api-security';
import { listen } from '@lianpiao/shared/http/listen';
import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import type { Held, Offer } from '@lianpiao/shared/protocol/ticketing';
import { activateRules } from '@lianpiao/shared/store/rules';
import { aPassenger, aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TripSearch } from '../inventory/trip-search.ts';
import { type FreshHub, freshHub, HANGZHOU, onSale, pay } from '../testing/fresh-hub.ts';
import { channelRoutes } from './channel-routes.ts';

const TOKEN = 'a-token-of-thirty-two-characters';
const OTHER = 'another-token-of-some-characters';
const trip = aTrip({ serviceDate: '20261123' as never });
let hub: FreshHub;
let app: ReturnType<typeof openApiApp>;
let first: ReturnType<typeof channelRoutes>;
let search: TripSearch;
beforeEach(async () => {
  hub = await freshHub();
  await onSale(hub, trip, 3);
  await hub.store.transaction(async (tx) => {
    const open = { feeBasisPoints: 0, kind: 'web', state: 'open' };
    await tx.db.insert(tx.t.channels).values([
      { ...open, id: 'web-demo', name: '示例网站', terminal: '001', tokenHash: sm3Hex(TOKEN), callsPerMinute: 6000 },
      { ...open, id: 'web-slow', name: '慢网站', terminal: '002', tokenHash: sm3Hex(OTHER), callsPerMinute: 60 },
    ]);
  });
  app = openApiApp(() => undefined);
  search = new TripSearch(hub.store);
  await search.load(hub.clock.now());
  first = channelRoutes(app, { hub, search, log: () => undefined });
});
afterEach(() => hub.end());

let keys = 0;
async function ask(method: string, path: string, body?: object, token = TOKEN) {
  keys += 1;
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': `test-key-${keys}`,
    'content-type': 'application/json',
  };
  const response = await app.request(`/channel/v1${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as never };
}

describe("the channel's interface", () => {
  it('sells a ticket from search to payment and gives it back', async () => {
    const places = await ask('GET', `/stops?q=${encodeURIComponent('宁')}`);
    expect(places.body).toEqual([{ code: 'S2', name: '宁波', pinyin: '', station: null }]);
    const offers = (await ask('GET', `/trips?from=${HANGZHOU}&to=S2&date=20261123`)).body as Offer[];
    expect(offers).toMatchObject([{ tripId: trip.tripId, remaining: 3 }]);
    const held = (await ask('POST', '/holds', { tripId: trip.tripId, from: 0, to: 2, count: 1 })).body as Held;
    const order = await ask('POST', '/orders', {
      holdId: held.holdId,
      passengers: [aPassenger(1)],
      contact: { name: '测试甲', phone: '13800000000' },
    });
    expect(order).toMatchObject({ status: 200, body: { order: { state: 'paying' }, payment: { amountFen: 4000 } } });
    const { order: made, payment } = order.body as { order: { orderId: string }; payment: { payUrl: string } };
    await pay(hub, payment.payUrl);
    const paid = await ask('GET', `/orders/${made.orderId}`);
    expect(paid.body).toMatchObject({ state: 'ticketed', tickets: [{ seat: '43', passenger: '测**' }] });
    const [{ ticketNo }] = (paid.body as { tickets: [{ ticketNo: string }] }).tickets;
    expect((await ask('GET', `/trips?from=${HANGZHOU}&to=S2&date=20261123`)).body).toMatchObject([{ remaining: 2 }]);
    const quote = await ask('POST', `/tickets/${ticketNo}/refund-quote`);
    expect(quote.body).toMatchObject({ refundFen: 3600, tier: 'early' });
    const { quoteId } = quote.body as { quoteId: string };
    expect((await ask('POST', `/tickets/${ticketNo}/refund`, { quoteId })).body).toMatchObject({ payout: 'original' });
    expect(await ask('GET', `/tickets/${ticketNo}`, undefined, OTHER)).toMatchObject({ status: 404 });
    expect(await ask('GET', `/orders/${made.orderId}`, undefined, OTHER)).toMatchObject({ status: 404 });
  });

  it('holds no more seats for a channel than its rules let it, in words that say what to do', async () => {
    const rules = { ...DEFAULT_RULES, version: 'test-2', validFrom: 1, hold: { ...DEFAULT_RULES.hold } };
    const hold = { ...rules.hold, seatsMax: { terminal: 1, system: 2 } };
    await hub.store.transaction((tx) => activateRules(tx, { ...rules, hold }));
    const wish = { tripId: trip.tripId, from: 0, to: 2, count: 2 };
    expect((await ask('POST', '/holds', wish)).status).toBe(200);
    const refused = await ask('POST', '/holds', { ...wish, count: 1 });
    expect(refused).toMatchObject({ status: 409, body: { code: 'hold.too-many', facts: { held: 2, max: 2 } } });
    expect((await ask('POST', '/holds', { ...wish, count: 1 }, OTHER)).status).toBe(200);
  });

  it('says in its document that its calls want a token, and those that change something a key', () => {
    nameSchemes(app, 'lianpiao-console');
    const { paths = {}, components } = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: '', version: '1' },
    });
    expect(components?.securitySchemes).toMatchObject({ bearer: { scheme: 'bearer' }, session: { in: 'cookie' } });
    const calls = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security: unknown; parameters?: { name: string }[] }>).map(
        ([method, { security, parameters = [] }]) => {
          expect([path, security]).toEqual([path, [{ bearer: [] }]]);
          return { name: `${method} ${path}`, keyed: parameters.some(({ name }) => name === 'Idempotency-Key') };
        },
      ),
    );
    expect(calls.filter(({ keyed }) => keyed).map(({ name }) => name)).toEqual([
      'post /channel/v1/holds',
      'post /channel/v1/orders',
      'post /channel/v1/tickets/{ticketNo}/refund',
    ]);
  });

  it('answers a search over a line as through its routes, refusals included', async () => {
    const server = await listen(app.fetch, '127.0.0.1', 0, first);
    const over = async (query: string, token = TOKEN) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.address}/channel/v1/trips?${query}`, { headers });
      return { status: answer.status, body: (await answer.json()) as never };
    };
    const good = `from=${HANGZHOU}&to=S2&date=20261123`;
    try {
      for (let turn = 0; turn < 2; turn += 1) {
        for (const query of [good, `from=${HANGZHOU}&to=nowhere&date=20261123`, 'from=!&to=S2&date=20261123', 'from=a'])
          expect(await over(query)).toEqual(await ask('GET', `/trips?${query}`));
        expect(await over(good, 'a-token-that-nobody-was-given')).toMatchObject({ status: 401 });
      }
      expect((await over(good)).body).toMatchObject([{ toName: '宁波', remaining: 3 }]);
      vi.spyOn(search, 'search').mockImplementation(() => {
        throw new Error('a bug in the search');
      });
      expect(await over(good)).toMatchObject({ status: 500, body: { code: 'program.bug' } });
    } finally {
      await server.close();
    }
  });

  it('lets nobody in without a token, and no channel more often than agreed', async () => {
    expect(await ask('GET', '/stops?q=x', undefined, 'a-token-that-nobody-was-given')).toMatchObject({
      status: 401,
      body: { code: 'auth.needed' },
    });
    expect(await ask('GET', '/trips?from=a&to=b&date=20261123', undefined, 'short')).toMatchObject({ status: 401 });
    const calls = await Promise.all(Array.from({ length: 30 }, () => ask('GET', '/stops?q=x', undefined, OTHER)));
    expect(calls.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(18);
    expect((await ask('GET', '/stops?q=x')).status).toBe(200);
  });

  it('says what is wrong with a request, in words and with a code', async () => {
    expect(await ask('GET', '/trips?from=!&to=S2&date=20261123')).toMatchObject({
      status: 422,
      body: { code: 'body.malformed' },
    });
    expect(await ask('POST', '/holds', { tripId: trip.tripId, from: 2, to: 1, count: 1 })).toMatchObject({
      status: 409,
      body: { code: 'trip.no-such-ride' },
    });
    expect(await ask('POST', '/holds', { tripId: trip.tripId, from: 0, to: 2, count: 9 })).toMatchObject({
      status: 422,
    });
  });

  it('describes itself, the search included', () => {
    const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    expect(Object.keys(paths ?? {})).toEqual(
      expect.arrayContaining(['/channel/v1/trips', '/channel/v1/holds', '/channel/v1/orders/{orderId}']),
    );
  });
});
