import { samReader } from '@lianpiao/shared/devices/id-reader/sam-driver';
import { escposPrinter } from '@lianpiao/shared/devices/ticket-printer/escpos/driver';
import { EPSON_80MM } from '@lianpiao/shared/devices/ticket-printer/printer-profile';
import { transportAt } from '@lianpiao/shared/devices/transport/transport-at';
import type { Log } from '@lianpiao/shared/log';
import { createPrintLoop } from '@lianpiao/shared/printing/print-loop';
import type { AgentDesk } from './agent-desk.ts';
import type { CounterDevices, ReaderCard } from './api/counter-routes.ts';
import type { AgentConfig } from './config.ts';
import { printJobStore } from './printing/job-store.ts';

/** Opens the printer and the card reader of the counter. A device that is not configured is absent, one that is away comes back by itself. */
export function openCounterDevices(
  desk: AgentDesk,
  config: AgentConfig,
  log: Log,
): CounterDevices & { close(): Promise<void> } {
  const printerAddress = config.printer?.address;
  const prints = printerAddress
    ? createPrintLoop({
        jobs: printJobStore(desk, config.province),
        printer: escposPrinter({ connect: () => transportAt(printerAddress), profile: EPSON_80MM }),
        now: () => desk.clock.now(),
        onError: (cause) => log.failed('print.failed', cause),
      })
    : null;
  prints?.start();

  const readerAddress = config.reader?.address;
  const reader = readerAddress ? samReader({ connect: () => transportAt(readerAddress) }) : null;
  const watchers = new Set<(card: ReaderCard | null) => void>();
  reader?.onEvent((event) => {
    if (event.kind === 'card') for (const laid of watchers) laid(event.card);
    if (event.kind === 'removed') for (const laid of watchers) laid(null);
    if (event.kind === 'fault') log('id-reader.troubled', { code: event.code });
  });
  reader?.start();

  return {
    printer: () => ({ state: prints ? (prints.trouble()?.trouble ?? 'ready') : 'absent' }),
    reader: () => ({ state: reader ? reader.state() : 'absent' }),
    watchCards: (laid) => {
      watchers.add(laid);
      return () => void watchers.delete(laid);
    },
    wakePrinter: () => prints?.wake(),
    close: async () => {
      await prints?.stop();
      await reader?.close();
    },
  };
}
