import { openApiApp } from '@lianpiao/shared/http/openapi-app';
import { hashPassword } from '@lianpiao/shared/people/password';
import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishSets } from '../../reference/publish-sets.ts';
import { type FreshHub, freshHub, HANGZHOU } from '../../testing/fresh-hub.ts';
import { consoleRoutes } from '../console-routes.ts';

const HOUR = 3_600_000;
const PASSWORD = 'a-password-of-a-test';
const passwordHash = await hashPassword(PASSWORD);
const rule = { station: '*', line: '*', share: { percent: 30 }, lowWater: 2 };
let hub: FreshHub;
let ask: (path: string, as: string, body?: unknown) => Promise<Response>;
const cookies: Record<string, string> = {};

beforeEach(async () => {
  hub = await freshHub();
  await hub.store.transaction(async (tx) => {
    for (const role of ['operator', 'finance'])
      await tx.db.insert(tx.t.users).values({ user: role, name: `测试${role}`, role, passwordHash, failures: 0 });
    const channel = { id: 'web-demo', name: '网站', kind: 'web', terminal: '001', tokenHash: '', feeBasisPoints: 0 };
    await tx.db.insert(tx.t.channels).values({ ...channel, callsPerMinute: 60, state: 'open' });
  });
  const app = openApiApp(() => undefined);
  consoleRoutes(app, {
    hub,
    link: { freshness: () => [], replay: async () => undefined },
    log: (cause) => {
      throw cause;
    },
  });
  ask = async (path, as, body) => {
    const headers = { 'content-type': 'application/json', cookie: cookies[as] ?? '' };
    return app.request(`/console/v1${path}`, {
      headers,
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
  };
  for (const user of ['operator', 'finance'])
    cookies[user] = ((await ask('/session', '', { user, password: PASSWORD })).headers.get('set-cookie') ?? '').split(
      ';',
    )[0]!;
});
afterEach(() => hub.end());

const set = async (rules: unknown[], validFrom?: number) => {
  const answer = await ask('/allotments', 'operator', { rules, ...(validFrom === undefined ? {} : { validFrom }) });
  return { status: answer.status, ...((await answer.json()) as { code?: string; facts?: object; version?: string }) };
};
const listed = async (at = hub.clock.now()) => (await ask(`/allotments?at=${at}`, 'finance')).json();

it('an operator sets the whole list as a new dated version, which everybody may look at and stations pull', async () => {
  const full = {
    ...rule,
    station: HANGZHOU,
    firstDay: '20261201',
    lastDay: '20261231',
    weekdays: [5, 6],
    most: { percent: 60 },
    given: { daysAhead: 3, atMinute: 480 },
    quotas: { 'web-demo': { seats: 5 } },
  };
  expect(await listed()).toMatchObject({ version: 'national-1', rules: [], until: null });
  expect(await set([full, rule], NOON + HOUR)).toMatchObject({ status: 200, version: 'allotment-1' });
  expect(await listed()).toMatchObject({ version: 'national-1', until: NOON + HOUR });
  expect(await listed(NOON + HOUR)).toMatchObject({ version: 'allotment-1', rules: [full, rule], until: null });
  expect(await publishSets(hub.store, NOON)).toContainEqual({ set: 'rules', version: 1 });
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.audit)).toContainEqual(
    expect.objectContaining({ what: 'allotments.set', subject: 'allotment-1', caller: 'console-operator' }),
  );
});

it('keeps every other rule that is in force then, also one that an operator set before', async () => {
  await set([rule]);
  hub.clock.at = NOON + HOUR;
  await set([]);
  const { db, t } = hub.store.read;
  const [first, second] = (await db.select().from(t.rules)).map(({ body }) => JSON.parse(body));
  expect(second).toEqual({ ...first, version: 'allotment-2', validFrom: NOON + HOUR, allotments: [] });
});

it('refuses in words what is wrong, and changes nothing', async () => {
  await set([rule], NOON + HOUR);
  const codes = [
    await set([rule], NOON - 1),
    await set([rule], NOON + HOUR),
    await set([rule, rule]),
    await set([{ ...rule, most: { percent: 20 } }]),
    await set([{ ...rule, firstDay: '20261202', lastDay: '20261201' }]),
    await set([{ ...rule, station: '330699999' }]),
    await set([{ ...rule, quotas: { nobody: { seats: 1 } } }]),
    await set(
      Array.from({ length: 60 }, (_, index) => ({
        ...rule,
        line: `LINE-OF-A-LONG-NAME-${index}`,
        most: { percent: 60 },
        given: { daysAhead: 1, atMinute: 1 },
      })),
    ),
  ].map(({ code }) => code);
  expect(codes).toEqual([
    'rules.starts-in-past',
    'rules.same-start',
    'allotment.never-counts',
    'allotment.over-limit',
    'allotment.days-crossed',
    'station.unknown',
    'channel.unknown',
    'rules.too-long',
  ]);
  for (const broken of [
    { ...rule, share: { percent: 101 } },
    { ...rule, firstDay: '20260231' },
    { ...rule, else: 1 },
  ])
    expect((await set([broken])).status).toBe(422);
  const { db, t } = hub.store.read;
  expect(await db.select().from(t.rules)).toHaveLength(1);
});

it('is for operators: others may look', async () => {
  const answer = await ask('/allotments', 'finance', { rules: [rule] });
  expect(answer.status).toBe(403);
});
