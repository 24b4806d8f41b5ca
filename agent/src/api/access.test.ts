import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { refuse } from '@lianpiao/shared/domain/outcome';
import { hashPassword } from '@lianpiao/shared/people/password';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgentDesk } from '../agent-desk.ts';
import { freshAgent } from '../testing/fresh-agent.ts';
import { agentApp } from './app.ts';

const TOKENS = { adapter: 'an-adapter-token-of-a-test', kiosk: 'a-kiosk-token-of-a-test' };
let agent: Awaited<ReturnType<typeof freshAgent>>;
let app: ReturnType<typeof agentApp>;
beforeEach(async () => {
  agent = await freshAgent();
  const passwordHash = await hashPassword('a password');
  await agent.store.transaction(async (tx) => {
    await tx.db.insert(tx.t.users).values({ user: 'clerk', name: '测试', role: 'clerk', passwordHash, failures: 0 });
    for (const [kind, token] of Object.entries(TOKENS))
      await tx.db.insert(tx.t.callers).values({ id: `${kind}-101`, kind, terminal: '101', tokenHash: sm3Hex(token) });
  });
  const state = { online: false, lastWordAt: null, queued: 0, stopped: null };
  const link = { state: () => state, request: async () => refuse({ code: 'pickup.unknown' }) };
  const desk = { agent, clock: { now: () => NOON }, link } as unknown as AgentDesk;
  const devices = {
    printer: () => ({ state: 'ready' }),
    reader: () => ({ state: 'ready' }),
    watchCards: () => () => undefined,
    wakePrinter: () => undefined,
  };
  const source = { status: {}, confirmMissing: async () => 0 } as never;
  app = agentApp({ desk, devices, source, uiFolder: agent.folder, log: () => undefined });
});
afterEach(() => agent.end());

async function post(path: string, token: string, type = 'application/json', json = {}) {
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'a-test-key', 'content-type': type };
  const response = await app.request(path, { method: 'POST', headers, body: JSON.stringify(json) });
  return { status: response.status, body: await response.json() };
}

it('lets a kiosk collect and nothing else, whoever holds its token', async () => {
  const trip = 'trips/330100001-20261121-K801/depart';
  for (const path of ['holds', 'sales', 'boardings', trip, 'tickets/33010000110010000000/refund-quote'])
    expect(await post(`/kiosk/v1/${path}`, TOKENS.kiosk)).toMatchObject({
      status: 404,
      body: { code: 'path.not-found' },
    });
  const collecting = await post('/kiosk/v1/pickups', TOKENS.kiosk);
  expect(collecting).toMatchObject({ status: 422, body: { code: 'body.malformed' } });
});

it('refuses a body that does not say it is JSON as malformed, with no fault of the program', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect(await post('/adapter/v1/sales', TOKENS.adapter, type)).toMatchObject({
      status: 422,
      body: { code: 'body.malformed' },
    });
});

it("names a counter's session after its station, so that two stations on one host do not sign each other's clerks out", async () => {
  const response = await app.request('/counter/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'clerk', password: 'a password', counter: '001' }),
  });
  const [cookie] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^lianpiao-counter-330100001=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const again = await app.request('/counter/v1/session', { headers: { cookie: cookie!.split(';')[0]! } });
  expect(again.status).toBe(200);
});

it('refuses further pickup codes after ten wrong ones, in words that say what to do, and still looks at documents', async () => {
  const find = (proof: object) => post('/kiosk/v1/pickups/find', TOKENS.kiosk, 'application/json', proof);
  for (let tried = 0; tried < 10; tried += 1)
    expect(await find({ pickupCode: String(10_000_000 + tried * 1_000_003) })).toEqual({ status: 200, body: [] });
  const refused = await find({ pickupCode: '99999999' });
  expect(refused).toMatchObject({
    status: 429,
    body: { code: 'pickup.too-many-tries', hint: expect.stringContaining('五分钟'), facts: { until: NOON + 300_000 } },
  });
  const collecting = { proof: { pickupCode: '99999999' }, ticketNos: ['33010000110010000000'] };
  expect(await post('/kiosk/v1/pickups', TOKENS.kiosk, 'application/json', collecting)).toMatchObject({ status: 429 });
  // A synthetic resident number.
  expect((await find({ idType: 'resident', idNo: '330106199003070010' })).status).toBe(200);
});

it('lets a clerk sign in at his own window, however often a stranger at another address types wrong passwords', async () => {
  const signIn = async (remoteAddress: string, password: string) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'clerk', password, counter: '001' }),
    };
    const response = await app.request('/counter/v1/session', init, { incoming: { socket: { remoteAddress } } });
    return (await response.json()) as { code?: string };
  };
  const strange = [];
  for (let times = 0; times < 7; times += 1) strange.push((await signIn('10.0.0.66', 'wrong')).code);
  expect(strange).toEqual([...Array.from({ length: 5 }, () => 'auth.wrong-password'), 'auth.locked', 'auth.locked']);
  expect(await signIn('10.0.0.66', 'a password')).toMatchObject({ code: 'auth.locked' });
  expect(await signIn('::ffff:10.0.0.1', 'a password')).toMatchObject({ clerk: 'clerk' });
});

it('does nothing at a counter that another web site asks with the cookie, and asks tokens for no origin', async () => {
  const headers = { 'content-type': 'application/json', origin: 'http://evil.test' };
  for (const path of ['session', 'sales', 'shift/close']) {
    const response = await app.request(`/counter/v1/${path}`, { method: 'POST', headers, body: '{}' });
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'auth.foreign-origin' }]);
  }
  const withToken = { ...headers, authorization: `Bearer ${TOKENS.adapter}`, 'idempotency-key': 'a-test-key' };
  const adapter = await app.request('/adapter/v1/sales', { method: 'POST', headers: withToken, body: '{}' });
  expect(await adapter.json()).toMatchObject({ code: 'body.malformed' });
});

it('says in its document how callers are known and which calls want an idempotency key', async () => {
  type Operation = { security?: unknown; parameters?: { name: string; in: string; required?: boolean }[] };
  type Document = { paths: Record<string, Record<string, Operation>>; components: { securitySchemes: object } };
  const { paths, components } = (await (await app.request('/openapi.json')).json()) as Document;
  expect(components.securitySchemes).toMatchObject({
    bearer: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie', name: 'lianpiao-counter-330100001' },
  });
  const wanted: Record<string, unknown> = {
    adapter: [{ bearer: [] }],
    kiosk: [{ bearer: [] }],
    counter: [{ session: [] }],
  };
  const open = ['get /counter/v1/state', 'post /counter/v1/session'];
  const keyed: string[] = [];
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { security, parameters = [] }] of Object.entries(methods)) {
      const name = `${method} ${path}`;
      expect([name, security]).toEqual([name, open.includes(name) ? undefined : wanted[path.split('/')[1]!]]);
      if (parameters.some((each) => each.name === 'Idempotency-Key' && each.in === 'header' && each.required))
        keyed.push(name);
    }
  expect(keyed.filter((name) => name.includes('/counter/'))).toEqual([
    'post /counter/v1/holds',
    'post /counter/v1/sales',
    'post /counter/v1/orders/{orderId}/confirm',
    'post /counter/v1/tickets/{ticketNo}/void',
    'post /counter/v1/tickets/{ticketNo}/refund',
    'post /counter/v1/tickets/{ticketNo}/rebook',
    'post /counter/v1/tickets/{ticketNo}/reprint',
    'post /counter/v1/boardings',
    'post /counter/v1/boardings/undo',
    'post /counter/v1/trips/{tripId}/depart',
    'post /counter/v1/pickups',
    'post /counter/v1/shift/close',
    'post /counter/v1/print-jobs/{jobId}/resolve',
    'post /counter/v1/exchanges/{exchangeId}/settle',
    'post /counter/v1/trips/{tripId}/vehicle',
    'post /counter/v1/trips/{tripId}/merge',
    'post /counter/v1/overflow/{ticketNo}/seat',
  ]);
  expect(keyed.filter((name) => name.includes('/kiosk/'))).toEqual([
    'post /kiosk/v1/pickups',
    'post /kiosk/v1/paper-reports',
  ]);
});
