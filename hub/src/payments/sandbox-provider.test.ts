import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOON } from '@lianpiao/shared/testing/builders';
import { Hono } from 'hono';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { isSignedCall, SIGNATURE_HEADER, signCall } from './sandbox/signature.ts';
import { sandboxClient } from './sandbox-client.ts';
import { SandboxProvider } from './sandbox-provider.ts';

const secret = Buffer.alloc(32, 3);
const wish = { paymentId: 'p1', orderId: 'o1', amountFen: 4000, subject: '杭州→宁波 <b>', endsAt: NOON + 600_000 };
const folder = mkdtempSync(join(tmpdir(), 'lianpiao-psp-'));
afterEach(() => rmSync(join(folder, 'journal'), { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A provider and a hub that takes its notices when `takes` says so. */
function aProvider(takes = () => 200) {
  const clock = { at: NOON, now: () => clock.at };
  const notices: { body: string; signed: boolean }[] = [];
  const http = new Hono();
  let refs = 0;
  const send = async (url: string, init: RequestInit) => http.request(url, init);
  const newRef = () => {
    refs += 1;
    return `r${refs}`;
  };
  const psp = new SandboxProvider({
    secret,
    clock,
    send,
    newRef,
    notifyUrl: () => 'http://hub.test/psp/notify',
    journal: join(folder, 'journal'),
  });
  http.post('/psp/notify', async (c) => {
    const body = await c.req.text();
    const signed = isSignedCall(secret, { method: 'POST', path: '/psp/notify', body }, c.req.header(SIGNATURE_HEADER));
    notices.push({ body, signed });
    return c.body(null, takes() as 200);
  });
  http.route('/', psp.app);
  const press = (mode: string) =>
    http.request('http://psp.test/psp/pay/p1', { method: 'POST', body: new URLSearchParams({ mode }) });
  return {
    psp,
    http,
    clock,
    notices,
    send,
    press,
    client: sandboxClient({ secret, send, url: () => 'http://psp.test' }),
  };
}

describe('the sandbox provider', () => {
  it('opens a payment once, shows a page, takes the money once and tells it signed', async () => {
    const { client, http, press, notices } = aProvider();
    expect(await client.create(wish)).toEqual({ payUrl: 'http://psp.test/psp/pay/p1' });
    await client.create(wish);
    const page = await (await http.request('http://psp.test/psp/pay/p1')).text();
    expect(page).toContain('¥40.00');
    expect(page).toContain('杭州→宁波 &lt;b&gt;');
    expect((await press('pay')).status).toBe(200);
    expect((await press('pay')).status).toBe(409);
    expect(notices).toMatchObject([{ signed: true }]);
    expect(await client.paid('p1')).toEqual([{ paymentId: 'p1', providerRef: 'r1', amountFen: 4000, paidAt: NOON }]);
  });

  it('repeats a notice until it is taken', async () => {
    let status = 503;
    const { client, clock, psp, press, notices } = aProvider(() => status);
    await client.create(wish);
    await press('pay');
    for (let tries = 0; tries < 5; tries += 1) {
      clock.at += 60_000;
      await psp.deliver();
    }
    status = 200;
    clock.at += 60_000;
    await psp.deliver();
    await psp.deliver();
    expect(notices).toHaveLength(7);
    expect(new Set(notices.map(({ body }) => body)).size).toBe(1);
  });

  it('pays late, twice or never when it is told to, and nothing after the end', async () => {
    const late = aProvider();
    await late.client.create(wish);
    await late.press('late');
    expect(await late.client.paid('p1')).toEqual([]);
    late.clock.at = wish.endsAt + 60_000;
    await late.psp.deliver();
    expect(late.notices).toHaveLength(1);
    rmSync(join(folder, 'journal'));
    const twice = aProvider();
    await twice.client.create(wish);
    await twice.press('twice');
    expect(await twice.client.paid('p1')).toHaveLength(2);
    rmSync(join(folder, 'journal'));
    const never = aProvider();
    await never.client.create(wish);
    await never.press('never');
    expect(never.notices).toEqual([]);
    rmSync(join(folder, 'journal'));
    const over = aProvider();
    await over.client.create(wish);
    over.clock.at = wish.endsAt;
    expect((await over.press('pay')).status).toBe(409);
  });

  it('gives back no more than was paid, once a number, and lists what it did', async () => {
    const { client, http, press } = aProvider();
    await client.create(wish);
    await press('pay');
    const refund = { refundId: 'f1', paymentId: 'p1', providerRef: 'r1', amountFen: 3000 };
    expect([await client.refund(refund), await client.refund(refund)]).toEqual([true, true]);
    expect(await client.refund({ ...refund, refundId: 'f2', amountFen: 1001 })).toBe(false);
    const path = '/psp/v1/statement?date=20261121';
    const headers = { [SIGNATURE_HEADER]: signCall(secret, { method: 'GET', path, body: '' }) };
    const statement = await (await http.request(`http://psp.test${path}`, { headers })).json();
    expect(statement).toMatchObject({
      lines: [
        { kind: 'payment', amountFen: 4000 },
        { kind: 'refund', amountFen: 3000 },
      ],
    });
  });

  it('believes nobody without the key, and knows after a restart what it knew', async () => {
    const first = aProvider();
    await first.client.create(wish);
    await first.press('pay');
    const stranger = sandboxClient({ secret: Buffer.alloc(32, 4), send: first.send, url: () => 'http://psp.test' });
    await expect(stranger.paid('p1')).rejects.toMatchObject({ code: 'payment.provider-unreachable' });
    const second = aProvider();
    expect(await second.client.paid('p1')).toHaveLength(1);
    expect((await second.press('pay')).status).toBe(409);
  });
});
