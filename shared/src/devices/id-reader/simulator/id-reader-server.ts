import { createServer } from 'node:net';
import { listenOn } from '../../transport/listen-on.ts';
import { acceptedTransport } from '../../transport/tcp.ts';
import { type SimulatedIdReader, simulatedIdReader } from './simulated-id-reader.ts';

/** A simulated reader behind a TCP port, as serial-to-network boxes pass the same frames. */
export type IdReaderServer = SimulatedIdReader & { readonly address: string; readonly port: number };

/** Port 0 takes a free one. Only this machine reaches it. Throws Fault `transport.port-taken`. */
export async function startIdReaderServer(options: {
  readonly id: string;
  readonly port: number;
}): Promise<IdReaderServer> {
  const reader = simulatedIdReader(options.id);
  const server = createServer((socket) => reader.attach(acceptedTransport(socket)));
  const port = await listenOn(server, options.port);
  return {
    ...reader,
    port,
    address: `tcp://127.0.0.1:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await reader.close();
      await closed;
    },
  };
}
