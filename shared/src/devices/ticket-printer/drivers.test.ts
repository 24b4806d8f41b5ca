import { afterEach, expect, it } from 'vitest';
import { memoryPair } from '../transport/memory.ts';
import type { Connect } from '../transport/transport.ts';
import { transportAt } from '../transport/transport-at.ts';
import { escposPrinter } from './escpos/driver.ts';
import { nodeThermalPrinter } from './node-thermal-printer/driver.ts';
import { CASE_PAGE, type PrinterUnderTest, TEST_TIMES, ticketPrinterCases } from './port.cases.ts';
import type { TicketPrinter } from './port.ts';
import { CHINESE_HEAD_80MM, EPSON_80MM, SILENT_80MM } from './printer-profile.ts';
import { startPrinterServer } from './simulator/printer-server.ts';
import { simulatedPrinter } from './simulator/simulated-printer.ts';

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

async function overTcp(driver: (connect: Connect) => TicketPrinter): Promise<PrinterUnderTest> {
  const server = await startPrinterServer({ id: 'p1', port: 0, slowMsALine: 5 });
  toClose.push(server.close);
  return { printer: driver(() => transportAt(server.address)), simulated: server, unplug: server.close };
}

async function overMemory(driver: (connect: Connect) => TicketPrinter): Promise<PrinterUnderTest> {
  const simulated = simulatedPrinter({ id: 'p1', now: () => 0, slowMsALine: 5 });
  let plugged = true;
  toClose.push(simulated.close);
  const connect = () => {
    const [near, far] = memoryPair();
    if (plugged) simulated.attach(far);
    return near;
  };
  return {
    printer: driver(connect),
    simulated,
    unplug: async () => {
      plugged = false;
    },
  };
}

const times = TEST_TIMES;
const epson = (connect: Connect) => escposPrinter({ connect, profile: EPSON_80MM, times });
const chinese = (connect: Connect) => escposPrinter({ connect, profile: CHINESE_HEAD_80MM, times });
const thermal = (connect: Connect) => nodeThermalPrinter({ connect, family: 'epson', profile: EPSON_80MM, times });

ticketPrinterCases('ESC/POS with process ids, over TCP', () => overTcp(epson), { confirmsById: true });
ticketPrinterCases('ESC/POS with process ids, in memory', () => overMemory(epson), { confirmsById: true });
ticketPrinterCases('ESC/POS of a Chinese head, over TCP', () => overTcp(chinese), { confirmsById: false });
ticketPrinterCases('node-thermal-printer, over TCP', () => overTcp(thermal), { confirmsById: true });

it('leaves every ticket of a printer that never answers to a person', async () => {
  const mute = (connect: Connect) => escposPrinter({ connect, profile: SILENT_80MM, times });
  const { printer, simulated } = await overTcp(mute);
  simulated.misbehave('silent');
  expect(await printer.status()).toEqual({ ready: true, notices: [] });
  expect(await printer.print(CASE_PAGE, '0001')).toEqual({ kind: 'unknown', trouble: 'printer.cannot-confirm' });
});

it('sends nothing to a printer that another host holds', async () => {
  const server = await startPrinterServer({ id: 'p1', port: 0 });
  toClose.push(server.close);
  const connect = () => transportAt(server.address);
  const other = connect();
  await other.open();
  expect(await epson(connect).print(CASE_PAGE, '0001')).toEqual({
    kind: 'failedBeforeSend',
    trouble: 'printer.timeout',
  });
  await other.close();
  expect(await epson(connect).print(CASE_PAGE, '0002')).toEqual({ kind: 'confirmed' });
  expect(server.tickets()).toHaveLength(1);
});
