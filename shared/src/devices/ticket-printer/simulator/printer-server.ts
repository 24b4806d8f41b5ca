import { createServer } from 'node:net';
import { listenOn } from '../../transport/listen-on.ts';
import { acceptedTransport } from '../../transport/tcp.ts';
import { type SimulatedPrinter, simulatedPrinter } from './simulated-printer.ts';

/** A simulated printer behind a TCP port, as network printers are at 9100. */
export type PrinterServer = SimulatedPrinter & { readonly address: string; readonly port: number };

/** Port 0 takes a free one. Only this machine reaches it. Throws Fault `transport.port-taken`. */
export async function startPrinterServer(options: {
  readonly id: string;
  readonly port: number;
  readonly now?: () => number;
  readonly slowMsALine?: number;
}): Promise<PrinterServer> {
  const { id, port, now = Date.now, slowMsALine } = options;
  const printer = simulatedPrinter({ id, now, slowMsALine });
  const server = createServer((socket) => printer.attach(acceptedTransport(socket)));
  const bound = await listenOn(server, port);
  return {
    ...printer,
    port: bound,
    address: `tcp://127.0.0.1:${bound}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await printer.close();
      await closed;
    },
  };
}
