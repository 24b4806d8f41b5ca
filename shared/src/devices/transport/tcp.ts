import { connect, type Socket } from 'node:net';
import { alreadyClosed, createTransportEvents, type Transport, unreachable } from './transport.ts';

/** A device in the same hall answers in milliseconds; a clerk does not wait longer than this for one that is off. */
const CONNECT_MS_DEFAULT = 3_000;

/** How long a hang-up may take before the socket is torn down. */
const HANG_UP_MS = 500;

/** A TCP connection that is made by `open`. */
export function tcpTransport(host: string, port: number, connectMs = CONNECT_MS_DEFAULT): Transport {
  const address = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let socket: Socket | null = null;
  const events = createTransportEvents();
  return {
    address,
    onData: events.onData,
    onClose: events.onClose,
    open: () =>
      new Promise((resolve, reject) => {
        const opening = connect({ host, port, noDelay: true });
        const timer = setTimeout(() => opening.destroy(new Error(`no answer within ${connectMs} ms`)), connectMs);
        const failed = (cause: Error) => {
          clearTimeout(timer);
          reject(unreachable(address, cause));
        };
        opening.once('error', failed);
        opening.once('connect', () => {
          clearTimeout(timer);
          opening.off('error', failed);
          socket = opening;
          forward(opening, events);
          resolve();
        });
      }),
    write: (bytes) => writeTo(socket, address, bytes),
    close: () => hangUp(socket),
  };
}

/** The other end: a socket that a server accepted. It is open from the start. */
export function acceptedTransport(socket: Socket): Transport {
  const address = `tcp://${socket.remoteAddress}:${socket.remotePort}`;
  const events = createTransportEvents();
  socket.setNoDelay(true);
  forward(socket, events);
  return {
    address,
    onData: events.onData,
    onClose: events.onClose,
    open: () => Promise.resolve(),
    write: (bytes) => writeTo(socket, address, bytes),
    close: () => hangUp(socket),
  };
}

function forward(socket: Socket, events: ReturnType<typeof createTransportEvents>): void {
  let cause: Error | null = null;
  socket.on('data', (bytes: Buffer) => events.data(bytes));
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('close', () => events.closed(cause));
}

function writeTo(socket: Socket | null, address: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!socket?.writable) return reject(alreadyClosed(address));
    socket.write(bytes, (error) => (error ? reject(alreadyClosed(address, error)) : resolve()));
  });
}

function hangUp(socket: Socket | null): Promise<void> {
  return new Promise((resolve) => {
    if (!socket || socket.destroyed) return resolve();
    const timer = setTimeout(() => socket.destroy(), HANG_UP_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
  });
}
