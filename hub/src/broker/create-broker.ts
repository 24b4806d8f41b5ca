import '@lianpiao/shared/link/lean-mqtt';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import type { TlsIdentity } from '../stations/private-ca.ts';
import { openEntrance } from './entrance.ts';
import type { DoorLimits } from './front-door.ts';
import { GuardedStream, type Pace } from './guarded-stream.ts';
import { type Note, RefusalLog } from './refusal-log.ts';
import { type Identity, identityOf, mayConnect, mayPublish, maySubscribe } from './topic-rules.ts';

export type BrokerOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly caCertPem: string;
  readonly identity: TlsIdentity;
  /** True for certificates that an operator has withdrawn, by serial number in hexadecimal. Live connections are asked about every 2 s. */
  readonly isRevoked: (serial: string) => boolean;
  readonly log: (note: Note) => void;
  readonly door?: DoorLimits;
};
export type Broker = { readonly port: number; readonly connections: () => number; readonly close: () => Promise<void> };

/** A province in a reconnect storm is 1,000 connections, from one address at worst. */
export const DOOR: DoorLimits = {
  waitingMax: 2048,
  waitingPerAddressMax: 512,
  newPerAddress: { perSecond: 200, burst: 1500 },
};
/** A station's line has 2 Mbit/s, in a hall beside the hub more: this is far above it, and below what would disturb others. */
const STATION_PACE: Pace = {
  bytes: { perSecond: 16 << 20, burst: 32 << 20 },
  packets: { perSecond: 5_000, burst: 10_000 },
};
const HUB_PACE: Pace = { bytes: { perSecond: 256 << 20, burst: 256 << 20 }, packets: { perSecond: 1e6, burst: 1e6 } };
/** An agent has two connections, for a moment those before its restart, and a copy of it is let in to be told that it is one. */
const CONNECTIONS_PER_STATION_MAX = 8;
const CONNECTIONS_OF_HUB_MAX = 16;
const REVOCATION_CHECK_MS = 2_000;

/**
 * `concurrency` and `drainTimeout` keep one stalled subscriber from holding up everybody; the rest bounds what one
 * client can make the broker remember.
 */
const AEDES_LIMITS = {
  concurrency: 4096,
  drainTimeout: 5_000,
  connectTimeout: 5_000,
  keepaliveLimit: 60,
  maxTopicLevels: 8,
  queueLimit: 42,
} as const;

/** A connection whose certificate has been checked. aedes hands it along as the client's `req`. */
type Guest = {
  readonly who: Identity;
  readonly serial: string;
  readonly stream: GuardedStream;
  readonly admitted: () => void;
};

/** Starts the broker of the station link: entrance, packet guard, topic rules, aedes. It keeps nothing that matters. */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const refusals = new RefusalLog(options.log);
  let closing = false;
  const refused = (code: string, facts: Readonly<Record<string, unknown>>) => {
    // Closing breaks every connection: that is no news.
    if (!closing) refusals.note(code, facts, performance.now());
  };
  const guests = new Set<Guest>();

  const broker = await Aedes.createBroker({ ...AEDES_LIMITS, ...hooks(refused) });
  broker.on('clientError', (client, error) =>
    refused('broker.connection-broken', { client: client.id, reason: error.message }),
  );
  broker.on('connectionError', (_client, error) => refused('broker.connection-broken', { reason: error.message }));

  const refusalOf = (who: Identity | undefined, serial: string) => {
    if (!who) return 'broker.unknown-identity';
    if (options.isRevoked(serial)) return 'broker.certificate-revoked';
    const connections = [...guests].filter((guest) => nameOf(guest.who) === nameOf(who)).length;
    const most = who.kind === 'hub' ? CONNECTIONS_OF_HUB_MAX : CONNECTIONS_PER_STATION_MAX;
    return connections >= most ? 'broker.too-many-connections' : undefined;
  };

  const enter = (socket: TLSSocket, admitted: () => void) => {
    const { subject, serialNumber: serial } = socket.getPeerCertificate();
    const who = typeof subject?.CN === 'string' ? identityOf(subject.CN) : undefined;
    const refusal = refusalOf(who, serial);
    if (refusal || !who) {
      refused(refusal ?? 'broker.unknown-identity', { address: socket.remoteAddress, name: subject?.CN, serial });
      socket.destroy();
      return;
    }
    const pace = who.kind === 'hub' ? HUB_PACE : STATION_PACE;
    const stream = new GuardedStream(socket, pace, ({ code }) =>
      refused(code, { address: socket.remoteAddress, name: nameOf(who) }),
    );
    const guest: Guest = { who, serial, stream, admitted };
    guests.add(guest);
    stream.once('close', () => guests.delete(guest));
    // aedes types this argument as an HTTP request, and does nothing but pass it on.
    broker.handle(stream, guest as unknown as IncomingMessage);
  };
  const entrance = await openEntrance({ ...options, door: options.door ?? DOOR, refused, enter });

  const revocations = setInterval(() => {
    for (const guest of guests) {
      if (!options.isRevoked(guest.serial)) continue;
      refused('broker.certificate-revoked', { name: nameOf(guest.who), serial: guest.serial });
      guest.stream.destroy();
    }
  }, REVOCATION_CHECK_MS);

  return {
    port: entrance.port,
    connections: () => guests.size,
    close: async () => {
      closing = true;
      clearInterval(revocations);
      await Promise.all([entrance.close(), new Promise<void>((closed) => broker.close(() => closed()))]);
    },
  };
}

function hooks(refused: (code: string, facts: Readonly<Record<string, unknown>>) => void) {
  return {
    authenticate: (client, _username, _password, answer) => {
      answer(null, true);
      guestOf(client)?.admitted();
    },
    preConnect: (client, packet, answer) => {
      const guest = guestOf(client);
      const { clientId, clean = false, will } = packet;
      const ok =
        guest !== undefined &&
        mayConnect(guest.who, {
          clientId,
          clean,
          will: will && { topic: will.topic, qos: will.qos ?? 0, retain: will.retain ?? false },
        });
      if (!ok) refused('broker.connect-denied', { client: clientId.slice(0, 64), name: guest && nameOf(guest.who) });
      answer(ok ? null : new Error('connect denied'), ok);
    },
    authorizePublish: (client, { topic, qos, retain }, answer) => {
      const guest = client ? guestOf(client) : undefined;
      const ok = guest !== undefined && mayPublish(guest.who, client!.id, { topic, qos, retain });
      if (!ok) refused('broker.publish-denied', { client: client?.id, topic: topic.slice(0, 100) });
      answer(ok ? null : new Error('publish denied'));
    },
    authorizeSubscribe: (client, subscription, answer) => {
      const guest = guestOf(client);
      const ok = guest !== undefined && maySubscribe(guest.who, client.id, subscription.topic);
      if (!ok) refused('broker.subscribe-denied', { client: client.id, filter: subscription.topic.slice(0, 100) });
      answer(null, ok ? subscription : null);
    },
  } satisfies Partial<AedesOptions>;
}

function guestOf(client: Client): Guest | undefined {
  return client.req as unknown as Guest | undefined;
}

function nameOf(who: Identity): string {
  return who.kind === 'hub' ? 'hub' : `st-${who.station}`;
}
