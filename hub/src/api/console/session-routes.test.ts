import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, type FreshConsole, freshConsole, PASSWORD } from '../../testing/fresh-console.ts';

let desk: FreshConsole;
beforeEach(async () => {
  desk = await freshConsole();
});
afterEach(() => desk.end());

const from = (remoteAddress: string, user: string, password: string) =>
  desk.app.request(
    '/console/v1/session',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, password }),
    },
    { incoming: { socket: { remoteAddress } } },
  );

describe('signing in', () => {
  it('opens a session that says what the role may do, and closes it again', async () => {
    expect(await desk.get('/session')).toMatchObject({
      user: 'admin',
      role: 'admin',
      may: expect.arrayContaining(['stations.add']),
    });
    expect((await desk.ask('/session', { method: 'DELETE' })).status).toBe(204);
    expect((await desk.ask('/session')).status).toBe(401);
  });

  it('rests an account for five minutes after five wrong passwords where they came from, and at its own window never', async () => {
    for (let times = 0; times < 5; times += 1) {
      const answer = await from('10.0.0.66', 'operator', 'wrong');
      expect([answer.status, await codeOf(answer)]).toEqual([401, 'auth.wrong-password']);
    }
    const locked = await from('10.0.0.66', 'operator', PASSWORD);
    expect([locked.status, await codeOf(locked)]).toEqual([403, 'auth.locked']);
    expect((await from('10.0.0.1', 'operator', PASSWORD)).status).toBe(200);
    const { db, t } = desk.hub.store.read;
    const rested = await db.select().from(t.audit).where(eq(t.audit.what, 'account.rested'));
    expect(rested).toMatchObject([{ subject: 'operator', detail: '10.0.0.66' }]);
    desk.hub.clock.at += 5 * 60_000 + 1;
    expect((await from('10.0.0.66', 'operator', PASSWORD)).status).toBe(200);
  });

  it('slows strange addresses down when an account is guessed at from many, and not where it has signed in', async () => {
    await desk.hub.store.transaction((tx) =>
      tx.db.update(tx.t.users).set({ failures: 29 }).where(eq(tx.t.users.user, 'admin')),
    );
    expect((await desk.signIn('admin', 'wrong')).answer.status).toBe(401);
    const strange = await from('10.0.0.77', 'admin', PASSWORD);
    expect([strange.status, await codeOf(strange)]).toEqual([403, 'auth.slowed']);
    expect((await desk.signIn('admin')).answer.status).toBe(200);
  });

  it('does nothing that another web site asks with the cookie, signing in and out included', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.test' };
    for (const [method, path] of [
      ['POST', '/session'],
      ['DELETE', '/session'],
      ['POST', '/alarms/1/close'],
    ] as const) {
      const answer = await desk.ask(path, { method, headers, body: '{}' });
      expect([path, answer.status, await codeOf(answer)]).toEqual([path, 403, 'auth.foreign-origin']);
    }
    expect((await desk.ask('/session', { headers })).status).toBe(200);
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
      expect([path, (await desk.ask(path, { as: '' })).status]).toEqual([path, 401]);
    expect((await desk.app.request('/console/statements/P000001-0001.csv')).status).toBe(401);
  });

  it('ends a session after twelve hours', async () => {
    desk.hub.clock.at += 12 * 3600_000 + 1;
    expect((await desk.ask('/session')).status).toBe(401);
  });
});
