import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { errorAnswer, refusalAnswer } from '../http/problem.ts';
import { type IdReaderServer, startIdReaderServer } from './id-reader/simulator/id-reader-server.ts';
import { readerControl } from './id-reader/simulator/reader-control.ts';
import { printTray } from './ticket-printer/simulator/print-tray.ts';
import { type PrinterServer, startPrinterServer } from './ticket-printer/simulator/printer-server.ts';
import { portTaken } from './transport/listen-on.ts';

/** Changes of one burst, a ticket being printed line by line, are told together. */
const TELL_MS = 100;

const KEEP_ALIVE_MS = 15_000;
const BODY_BYTES_MAX = 16 * 1024;

export type DeskWishes = {
  readonly printers: readonly { readonly id: string; readonly port: number }[];
  readonly readers: readonly { readonly id: string; readonly port: number }[];
  readonly httpPort: number;
  /** Stamps the tickets. */
  readonly now?: () => number;
  readonly onError?: (cause: unknown) => void;
};

/** Simulated devices of a counter or a kiosk. `printers` and `readers` by id; their `address` is what a driver is given. */
export type SimulatedDesk = {
  readonly printers: ReadonlyMap<string, PrinterServer>;
  readonly readers: ReadonlyMap<string, IdReaderServer>;
  /** Page and API of the tray: `http://127.0.0.1:8096`. */
  readonly url: string;
  close(): Promise<void>;
};

/**
 * Starts simulated printers and readers, each behind its TCP port, and one page with an API that shows and steers them.
 * Port 0 takes a free one. All of it is reached from this machine only. Throws Fault `transport.port-taken`, and has then
 * closed what it had opened.
 */
export async function startDesk(wishes: DeskWishes): Promise<SimulatedDesk> {
  const { httpPort, now = Date.now, onError = ignore } = wishes;
  const printers = new Map<string, PrinterServer>();
  const readers = new Map<string, IdReaderServer>();
  const closeDevices = async () => {
    await Promise.all([...printers.values(), ...readers.values()].map((device) => device.close()));
  };
  try {
    for (const { id, port } of wishes.printers) printers.set(id, await startPrinterServer({ id, port, now }));
    for (const { id, port } of wishes.readers) readers.set(id, await startIdReaderServer({ id, port }));
    const { server, port } = await listen(deskApp(printers, readers, onError), httpPort);
    return {
      printers,
      readers,
      url: `http://127.0.0.1:${port}`,
      close: async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        // The pages listen for changes for as long as they are open.
        server.closeAllConnections();
        await closed;
        await closeDevices();
      },
    };
  } catch (cause) {
    await closeDevices();
    throw cause;
  }
}

/** The HTTP application alone, for tests without a port. */
export function deskApp(
  printers: ReadonlyMap<string, PrinterServer>,
  readers: ReadonlyMap<string, IdReaderServer>,
  onError: (cause: unknown) => void,
): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (c) => refusalAnswer(c, { code: 'body.too-large' }) }));
  app.use(async (c, next) => {
    // A page from elsewhere that points its own name at this machine must not read tickets.
    const host = new URL(c.req.url).hostname;
    if (host !== '127.0.0.1' && host !== 'localhost') return refusalAnswer(c, { code: 'auth.foreign-page' });
    return next();
  });
  app.route('/', printTray(printers));
  app.route('/', readerControl(readers));
  app.get('/changes', (c) =>
    streamSSE(c, async (stream) => {
      // The first word makes a page that connects again look at once.
      let news = true;
      let wake: () => void = ignore;
      const tell = () => {
        news = true;
        wake();
      };
      const ends = [...printers.values(), ...readers.values()].map((device) => device.onChange(tell));
      stream.onAbort(tell);
      try {
        while (!stream.aborted) {
          const change = new Promise<void>((resolve) => {
            wake = resolve;
          });
          if (!news) await Promise.race([change, stream.sleep(KEEP_ALIVE_MS)]);
          const event = news ? 'changed' : 'alive';
          news = false;
          await stream.writeSSE({ event, data: '' });
          await stream.sleep(TELL_MS);
        }
      } finally {
        for (const end of ends) end();
      }
    }),
  );
  app.notFound((c) => refusalAnswer(c, { code: 'path.not-found' }));
  app.onError((cause, c) => errorAnswer(c, cause, onError));
  return app;
}

function listen(app: Hono, port: number): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) =>
      resolve({ server, port: info.port }),
    ) as Server;
    server.once('error', (cause) => reject(portTaken(port, cause)));
  });
}

function ignore(): void {
  // Nobody listens.
}
