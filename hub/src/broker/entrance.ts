import net from 'node:net';
import tls from 'node:tls';
import type { TlsIdentity } from '../stations/private-ca.ts';
import { type DoorLimits, FrontDoor } from './front-door.ts';

export type EntranceOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly caCertPem: string;
  readonly identity: TlsIdentity;
  readonly door: DoorLimits;
  readonly refused: (code: string, facts: Readonly<Record<string, unknown>>) => void;
  /** A client with a certificate of ours. It waits for admission until `admitted` is called, and not for long. */
  readonly enter: (socket: tls.TLSSocket, admitted: () => void) => void;
};
export type Entrance = { readonly port: number; readonly close: () => Promise<void> };

/** Time for a client's first byte, in milliseconds. Until then it costs a socket and nothing of TLS. */
const FIRST_BYTE_MS = 5_000;
/** Time from `accept` until the CONNECT is through, in milliseconds. A storm of 1,000 handshakes takes 5 s on two cores. */
const ADMISSION_MS = 15_000;

/** Listens, lets in at most as many waiting sockets as the door allows, and makes them TLS connections with a client certificate. */
export async function openEntrance(options: EntranceOptions): Promise<Entrance> {
  const door = new FrontDoor(options.door);
  const sockets = new Set<net.Socket>();
  /** By remote end: a TLS socket does not tell which socket it was made from. */
  const admissions = new Map<string, () => void>();

  const secure = tls.createServer({
    ca: options.caCertPem,
    cert: options.identity.certPem,
    key: options.identity.keyPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: ADMISSION_MS,
  });
  secure.on('tlsClientError', (error, socket) => {
    options.refused('broker.tls-refused', { address: socket.remoteAddress, reason: error.message });
    socket.destroy();
  });
  secure.on('secureConnection', (socket) =>
    options.enter(socket, admissions.get(remoteEnd(socket)) ?? (() => socket.destroy())),
  );

  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    const address = socket.remoteAddress ?? 'gone';
    const refusal = door.enter(address, performance.now());
    if (refusal) {
      options.refused(refusal, { address });
      socket.destroy();
      return;
    }
    const end = remoteEnd(socket);
    const firstByte = setTimeout(() => socket.destroy(), FIRST_BYTE_MS);
    const admission = setTimeout(() => socket.destroy(), ADMISSION_MS);
    const settle = () => {
      if (!admissions.delete(end)) return;
      door.leave(address);
      clearTimeout(firstByte);
      clearTimeout(admission);
    };
    admissions.set(end, settle);
    sockets.add(socket);
    socket.once('close', () => {
      settle();
      sockets.delete(socket);
    });
    socket.once('readable', () => {
      clearTimeout(firstByte);
      // The documented way to bring one's own socket; TLS reads what has arrived already.
      secure.emit('connection', socket);
    });
  });

  const port = await listen(server, options.port, options.host);
  return {
    port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function remoteEnd(socket: net.Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function listen(server: net.Server, port: number, host: string): Promise<number> {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen({ port, host, backlog: 1024 }, () => {
      server.removeListener('error', failed);
      listening((server.address() as net.AddressInfo).port);
    });
  });
}
