import { NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advancePeriods } from '../../settlement/advance-periods.ts';
import { aBusyTrip, codeOf, type FreshConsole, freshConsole } from '../../testing/fresh-console.ts';
import { HANGZHOU, says } from '../../testing/fresh-hub.ts';

let desk: FreshConsole;
beforeEach(async () => {
  desk = await freshConsole();
});
afterEach(() => desk.end());

describe('money', () => {
  const key = { 'idempotency-key': 'close-period-1' };

  it('closes the open period once, gives statements as page and file, and shows whether the books balance', async () => {
    await aBusyTrip(desk);
    const closed = await desk.post('/periods/close', { periodId: 'P000001' }, key);
    expect(await closed.json()).toMatchObject({ periodId: 'P000001', nextPeriodId: 'P000002' });
    expect(await (await desk.post('/periods/close', { periodId: 'P000001' }, key)).json()).toMatchObject({
      nextPeriodId: 'P000002',
    });
    await says(desk.hub, HANGZHOU, 'shift.closed', {
      shiftId: 's1',
      clerk: 'u1',
      openedAt: NOON,
      closedAt: NOON,
      bizDate: '20261121',
      expectedFen: 4000,
      countedFen: 4000,
    });
    expect(
      (await desk.post('/periods/close', { periodId: 'P000002' }, { 'idempotency-key': 'close-period-2' })).status,
    ).toBe(200);
    await advancePeriods(desk.hub.store, NOON);
    expect(await desk.get('/periods')).toMatchObject({
      total: 3,
      rows: [
        { state: 'open' },
        { id: 'P000002', state: 'netted', statements: 1, owingFen: 4000 },
        { id: 'P000001', closedBy: 'admin' },
      ],
    });
    const { rows } = await desk.get<{ rows: { pageUrl: string; csvUrl: string; owedFen: number }[] }>(
      '/statements?period=P000002',
    );
    expect(rows).toMatchObject([{ owedFen: -4000 }]);
    const [page, csv] = [
      await desk.app.request(rows[0]!.pageUrl, { headers: { cookie: desk.cookie } }),
      await desk.app.request(rows[0]!.csvUrl, { headers: { cookie: desk.cookie } }),
    ];
    expect([page.status, page.headers.get('content-type'), csv.status, csv.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=UTF-8',
      200,
      'text/csv; charset=utf-8',
    ]);
    expect(await page.text()).toContain('结算单');
    expect(await desk.get('/trial-balance')).toMatchObject({ balanced: true, sumFen: 0 });
  });

  it('needs a key, a role, and a second person for approval', async () => {
    await aBusyTrip(desk);
    expect(await codeOf(await desk.post('/periods/close', { periodId: 'P000001' }))).toBe('call.key-missing');
    const operator = await desk.signIn('operator');
    expect(await codeOf(await desk.post('/periods/close', { periodId: 'P000001' }, key, operator.cookie))).toBe(
      'auth.not-permitted',
    );
    await desk.post('/periods/close', { periodId: 'P000001' }, key);
    await advancePeriods(desk.hub.store, NOON);
    const step = (name: string, as?: string) =>
      desk.post('/periods/P000001/release', { step: name }, { 'idempotency-key': `release-${name}` }, as);
    expect((await step('submit')).status).toBe(200);
    expect(await codeOf(await step('approve'))).toBe('period.same-person');
    expect(await (await step('approve', (await desk.signIn('finance')).cookie)).json()).toMatchObject({
      state: 'approved',
    });
  });
});
