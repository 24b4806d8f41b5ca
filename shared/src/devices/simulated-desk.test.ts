import { afterEach, expect, it } from 'vitest';
import { layoutTicket } from '../printing/ticket-layout.ts';
import { samReader } from './id-reader/sam-driver.ts';
import { type SimulatedDesk, startDesk } from './simulated-desk.ts';
import { soon } from './soon.ts';
import { escposPrinter } from './ticket-printer/escpos/driver.ts';
import { TEST_TIMES } from './ticket-printer/port.cases.ts';
import { EPSON_80MM } from './ticket-printer/printer-profile.ts';
import type { ticketView } from './ticket-printer/simulator/print-tray.ts';
import { transportAt } from './transport/transport-at.ts';

const desks: SimulatedDesk[] = [];
afterEach(async () => {
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
});

async function aDesk(): Promise<SimulatedDesk> {
  const desk = await startDesk({
    printers: [
      { id: 'p1', port: 0 },
      { id: 'p2', port: 0 },
    ],
    readers: [{ id: 'r1', port: 0 }],
    httpPort: 0,
    now: () => 1_000,
  });
  desks.push(desk);
  return desk;
}

const printerOf = (desk: SimulatedDesk, id: string) =>
  escposPrinter({ connect: () => transportAt(desk.printers.get(id)!.address), profile: EPSON_80MM, times: TEST_TIMES });

type Tickets = { readonly tickets: readonly ReturnType<typeof ticketView>[] };

const json = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Synthetic passenger. */
const PAGE = layoutTicket({
  ticketNo: '33050200110030001842',
  province: '浙江省',
  fromName: '湖州<客运>总站',
  toName: '嘉兴',
  serviceDate: '20261121',
  departs: '14:45',
  tripNo: 'H220',
  seat: '12',
  gate: '3',
  fareType: 'full',
  fareFen: 3800,
  passenger: '张**',
  idNo: '3*************0014',
  stationName: '湖州客运总站',
  counter: '03窗',
  soldAt: 0,
  qr: 'LP1.33050200110030001842.sig',
  printSeq: 1,
});

it('shows what was printed, as words and as a picture', async () => {
  const desk = await aDesk();
  expect(await printerOf(desk, 'p2').print(PAGE, '0001')).toEqual({ kind: 'confirmed' });
  const { tickets } = (await (await fetch(`${desk.url}/tickets`)).json()) as Tickets;
  expect(tickets).toMatchObject([
    {
      printerId: 'p2',
      seq: 1,
      state: 'complete',
      processId: '0001',
      startedAt: 1_000,
      qr: ['LP1.33050200110030001842.sig'],
    },
  ]);
  expect(tickets[0]?.text).toContain('票号 33050200110030001842');
  const picture = await fetch(`${desk.url}/${tickets[0]?.picture}`);
  expect(picture.headers.get('content-type')).toContain('image/svg+xml');
  const svg = await picture.text();
  expect(svg).toContain('湖州&#60;客运>总站');
  expect(await (await fetch(`${desk.url}/tickets?printer=p1`)).json()).toEqual({ tickets: [] });
  const page = await (await fetch(desk.url)).text();
  expect(page).toContain('打印盘');
});

it('breaks and repairs each printer by itself', async () => {
  const desk = await aDesk();
  expect((await fetch(`${desk.url}/printers/p1/fault`, json({ fault: 'paper-out' }))).status).toBe(200);
  expect(await printerOf(desk, 'p1').status()).toMatchObject({ trouble: 'printer.out-of-paper' });
  expect(await printerOf(desk, 'p2').status()).toMatchObject({ ready: true });
  const { printers } = (await (await fetch(`${desk.url}/printers`)).json()) as { printers: { fault: string }[] };
  expect(printers.map(({ fault }) => fault)).toEqual(['paper-out', 'none']);
});

it('lays a synthetic card on a reader and lifts it', async () => {
  const desk = await aDesk();
  const reader = samReader({
    connect: () => transportAt(desk.readers.get('r1')!.address),
    times: { pollMs: 4, reconnectMsMin: 4, reconnectMsMax: 8, hurry: 10 },
  });
  const names: string[] = [];
  reader.onEvent((event) => event.kind === 'card' && names.push(event.card.name));
  reader.start();
  const card = { name: '张三丰', idNo: '330106199003070014' };
  expect(await (await fetch(`${desk.url}/readers/r1/card`, json(card))).json()).toMatchObject({ id: 'r1', card });
  await soon(() => expect(names).toEqual(['张三丰']));
  await fetch(`${desk.url}/readers/r1/card`, { method: 'DELETE' });
  expect(desk.readers.get('r1')!.card()).toBeNull();
  await reader.close();
});

it.each([
  ['POST', '/readers/r1/card', { name: '', idNo: '1' }, 422, 'body.malformed'],
  ['POST', '/readers/r9/card', {}, 404, 'device.unknown'],
  ['POST', '/printers/p1/fault', { fault: 'toString' }, 422, 'body.malformed'],
  ['POST', '/printers/p9/fault', { fault: 'none' }, 404, 'device.unknown'],
  ['GET', '/tickets/p1/7.svg', undefined, 404, 'device.unknown'],
  ['GET', '/nothing', undefined, 404, 'path.not-found'],
])('refuses %s %s with a code', async (method, path, body, status, code) => {
  const desk = await aDesk();
  const answer = await fetch(`${desk.url}${path}`, body ? { ...json(body), method } : { method });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
});

it('tells an open page of every change', async () => {
  const desk = await aDesk();
  const answer = await fetch(`${desk.url}/changes`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('event: changed');
  desk.printers.get('p1')!.misbehave('offline');
  expect((await reader.read()).value).toContain('event: changed');
});

it('says which port is taken, and leaves nothing open', async () => {
  const desk = await aDesk();
  const { port } = desk.printers.get('p1')!;
  await expect(
    startDesk({
      printers: [
        { id: 'p3', port: 0 },
        { id: 'p4', port },
      ],
      readers: [],
      httpPort: 0,
    }),
  ).rejects.toMatchObject({ code: 'transport.port-taken', detail: { facts: { port } } });
});
