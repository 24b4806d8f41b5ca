import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type IdReaderServer,
  startIdReaderServer,
} from '@lianpiao/shared/devices/id-reader/simulator/id-reader-server';
import {
  type PrinterServer,
  startPrinterServer,
} from '@lianpiao/shared/devices/ticket-printer/simulator/printer-server';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { Log } from '@lianpiao/shared/log';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type KioskPace, startKiosk } from './start-kiosk.ts';
import { type AgentDouble, startAgentDouble, TOKEN } from './testing/agent-double.ts';
import { aTicket } from './testing/flow-samples.ts';
import { openScreen, type ScreenClient } from './testing/screen-client.ts';

/** Synthetic. */
const PERSON = aPassenger(1);
const CODE = '82641907';
const quiet: Log = Object.assign(() => undefined, { failed: () => undefined });
const BRISK: KioskPace = { tickMs: 50, selfTestMs: 200, reportsMs: 100, hurry: 1 };
const patiently = { timeout: 15_000 };
/** Tickets of today, whatever day it is. */
const leaving = (index: number) =>
  aTicket(index, { departsAt: Date.now() + 3_600_000, serviceDate: serviceDateOf(Date.now(), 'Asia/Shanghai') });

let folder: string;
let agent: AgentDouble;
let printer: PrinterServer;
let reader: IdReaderServer;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kiosk-'));
  agent = await startAgentDouble();
  agent.waiting.set(PERSON.idNo, [leaving(0), leaving(2)]);
  agent.waiting.set(CODE, [leaving(4)]);
  printer = await startPrinterServer({ id: 'k1', port: 0 });
  reader = await startIdReaderServer({ id: 'k1', port: 0 });
  const config = {
    agent: { url: agent.url, token: TOKEN },
    printer: { address: printer.address },
    reader: { address: reader.address },
    http: { port: 0 },
    station: '湖州总站',
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await Promise.all([agent.stop(), printer.close(), reader.close()]);
  rmSync(folder, { recursive: true });
});

async function startedKiosk(
  pace = BRISK,
): Promise<{ screen: ScreenClient; close: () => Promise<void>; address: string }> {
  const kiosk = await startKiosk(folder, quiet, pace);
  let open = true;
  const close = async () => {
    if (open) await kiosk.close();
    open = false;
  };
  ends.push(close);
  const screen = await openScreen(kiosk.address);
  ends.push(screen.close);
  return { screen, close, address: kiosk.address };
}

/** Everything that lies in the kiosk's folder, as text. */
const onDisk = () =>
  readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n');

it('prints the tickets of a card, tells the agent, and forgets the passenger', async () => {
  const { screen, address } = await startedKiosk();
  await screen.until('attract', ({ checks }) => checks.reader === null);
  reader.place({ flag: '', name: PERSON.name, idNo: PERSON.idNo, validUntil: '长期' });
  const list = await screen.until('list');
  expect(list.rows.map(({ seat, chosen }) => [seat, chosen])).toEqual([
    ['01', true],
    ['03', true],
  ]);
  await screen.press({ type: 'collect' });
  const take = await screen.until('take');
  expect(take.papers.map(({ state }) => state)).toEqual(['printed', 'printed']);
  expect(printer.tickets().map(({ state }) => state)).toEqual(['complete', 'complete']);
  expect(agent.claims).toHaveLength(1);
  await vi.waitFor(
    () => expect(agent.reports.map(({ outcome }) => outcome)).toEqual(['printed', 'printed']),
    patiently,
  );

  await screen.press({ type: 'finish' });
  expect((await screen.until('thanks')).papers).toEqual([]);
  await screen.until('attract');
  expect(JSON.stringify(screen.pages)).not.toContain(PERSON.idNo);
  expect(onDisk()).not.toContain(PERSON.idNo);
  expect(await (await fetch(`${address}/healthz`)).json()).toMatchObject({ ok: true, screen: 'attract' });
});

it('finds tickets by a pickup code from the keypad, and answers an unknown one with nothing found', async () => {
  const { screen } = await startedKiosk();
  await screen.until('attract');
  await screen.press({ type: 'start' });
  await screen.until('identify');
  const typed = (code: string) =>
    screen.press(...[...code].map((digit) => ({ type: 'digit', digit }) as const), { type: 'submit' });
  await typed('11111111');
  await screen.until('none');
  await screen.press({ type: 'back' });
  await screen.until('identify', ({ code }) => code === '');
  await typed(CODE);
  expect((await screen.until('list')).rows).toHaveLength(1);
});

it('sends the passenger to a person when a paper is in doubt, tells the agent, and never prints it again', async () => {
  const first = await startedKiosk();
  await first.screen.until('attract');
  await first.screen.press({ type: 'start' });
  await first.screen.until('identify');
  await first.screen.press(...[...CODE].map((digit) => ({ type: 'digit', digit }) as const), { type: 'submit' });
  await first.screen.until('list');
  printer.misbehave('drop-mid-ticket');
  await first.screen.press({ type: 'collect' });
  const assist = await first.screen.until('assist');
  expect(assist).toMatchObject({ papers: [{ state: 'unknown' }], reference: expect.stringMatching(/^K101-\d{4}$/) });
  await vi.waitFor(
    () => expect(agent.reports).toMatchObject([{ outcome: 'unknown', reference: assist.reference }]),
    patiently,
  );

  printer.misbehave('none');
  await first.close();
  const again = await startedKiosk();
  await again.screen.until('attract');
  expect(printer.tickets().map(({ state }) => state)).toEqual(['partial']);
});

it('is out of service without its agent or with a printer in trouble, and recovers by itself', async () => {
  const { screen } = await startedKiosk();
  await screen.until('attract');
  await agent.stop();
  expect((await screen.until('outOfService')).checks.agent).toBe('agent.offline');
  await agent.comeBack();
  await screen.until('attract');
  printer.misbehave('paper-out');
  expect((await screen.until('outOfService')).checks.printer).toBe('printer.out-of-paper');
  printer.misbehave('none');
  await screen.until('attract');
});

it('withdraws what cannot be printed and tells the agent, so that no paper comes out behind a passenger who has left', async () => {
  const { screen } = await startedKiosk({ ...BRISK, hurry: 15 });
  await screen.until('attract');
  await screen.press({ type: 'start' });
  await screen.until('identify');
  await screen.press(...[...CODE].map((digit) => ({ type: 'digit', digit }) as const), { type: 'submit' });
  await screen.until('list');
  agent.onClaim = async () => {
    printer.misbehave('cover-open');
    return undefined;
  };
  await screen.press({ type: 'collect' });
  await screen.until('printing', ({ printerTrouble }) => printerTrouble === 'printer.cover-open');
  await screen.until('assist', ({ papers }) => papers[0]?.state === 'withdrawn');
  printer.misbehave('none');
  await vi.waitFor(
    () => expect(agent.reports).toMatchObject([{ outcome: 'withdrawn', trouble: 'printer.cover-open' }]),
    patiently,
  );
  await screen.press({ type: 'finish' });
  await screen.until('attract');
  expect(printer.tickets()).toEqual([]);
});

it('shows why the agent refused a claim, and prints nothing', async () => {
  const { screen } = await startedKiosk();
  await screen.until('attract');
  await screen.press({ type: 'start' });
  await screen.until('identify');
  await screen.press(...[...CODE].map((digit) => ({ type: 'digit', digit }) as const), { type: 'submit' });
  await screen.until('list');
  agent.onClaim = async () => ({ type: '', title: '没有可取的车票', status: 409, code: 'pickup.not-found' });
  await screen.press({ type: 'collect' });
  expect((await screen.until('refused')).problem).toMatchObject({ code: 'pickup.not-found' });
  expect(printer.tickets()).toEqual([]);
});

/** A kiosk as a process of its own, for a death that nothing can tidy up after. */
async function spawned(): Promise<{ process: ChildProcess; address: string }> {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, '--data', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const ready = text.split('\n').find((line) => line.includes('"kiosk.ready"'));
    if (ready) return { process: child, address: (JSON.parse(ready) as { address: string }).address };
  }
  throw new Error(`the kiosk did not start: ${text}`);
}

it('killed between claim and print, prints after its restart, once, under the key of before', async () => {
  const doomed = await spawned();
  const screen = await openScreen(doomed.address);
  await screen.until('attract');
  reader.place({ flag: '', name: PERSON.name, idNo: PERSON.idNo, validUntil: '长期' });
  await screen.until('list');
  const asked = new Promise<void>((resolve) => {
    agent.onClaim = async () => {
      doomed.process.kill('SIGKILL');
      await once(doomed.process, 'exit');
      resolve();
      return undefined;
    };
  });
  await screen.press({ type: 'collect' }).catch(() => undefined);
  await asked;
  screen.close();
  expect(onDisk()).not.toContain(PERSON.idNo);

  agent.onClaim = async () => undefined;
  const reborn = await spawned();
  const next = await openScreen(reborn.address);
  const take = await next.until('take');
  expect(take.papers.map(({ state }) => state)).toEqual(['printed', 'printed']);
  expect(new Set(agent.claims).size).toBe(1);
  expect(printer.tickets()).toHaveLength(2);
  next.close();
  reborn.process.kill('SIGTERM');
  expect(await once(reborn.process, 'exit')).toEqual([0, null]);
});
