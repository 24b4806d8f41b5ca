import { aPassenger } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aBusyTrip, BUSY, type FreshConsole, freshConsole } from '../testing/fresh-console.ts';

let desk: FreshConsole;
beforeEach(async () => {
  desk = await freshConsole();
});
afterEach(() => desk.end());

it('never shows a name, a document, a phone or a pickup code in any answer', async () => {
  const { kept, given, open, stationTicket } = await aBusyTrip(desk);
  const { db, t } = desk.hub.store.read;
  const codes = (await db.select().from(t.orders)).flatMap(({ pickupCode }) => pickupCode ?? []);
  const paths = [
    '/stations',
    '/trips?date=20261123',
    `/trips/${BUSY.tripId}`,
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
  const said = (await Promise.all(paths.map(async (path) => (await desk.ask(path)).text()))).join('\n');
  expect(codes).toHaveLength(2);
  for (const word of [...secret, ...codes, '测试甲', '13800000000']) expect(said.includes(word), word).toBe(false);
  expect(said).toContain('3*************');
});

it('stands in the OpenAPI document with every call', () => {
  const { paths = {} } = desk.app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '1' } });
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
