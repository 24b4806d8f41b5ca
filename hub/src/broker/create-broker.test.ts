import { mkdtemp } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import { type MqttSession, openMqttSession, type SessionOptions } from '@lianpiao/shared/link/mqtt-session';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePki, issueStationCertificate, type Pki, type TlsIdentity } from '../stations/private-ca.ts';
import { RevokedCertificates, revokeCertificate } from '../stations/revoked-certificates.ts';
import { type Broker, createBroker } from './create-broker.ts';
import type { Note } from './refusal-log.ts';

const HANGZHOU = '330100001';
const SHAOXING = '330600001';

let folder: string;
let pki: Pki;
const identities = new Map<string, TlsIdentity & { serial: string }>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-'));
  pki = await ensurePki(join(folder, 'pki'), { hosts: [], now: Date.now() });
  for (const station of [HANGZHOU, SHAOXING]) {
    const { privateKeyPem, csrPem } = await createStationIdentity();
    const issued = await issueStationCertificate(pki, csrPem, station, Date.now());
    if (!issued.ok) throw new Error(issued.refusal.code);
    identities.set(station, { keyPem: privateKeyPem, certPem: issued.value.certPem, serial: issued.value.serial });
  }
});

let broker: Broker;
let notes: Note[];
let sessions: MqttSession[];
beforeEach(async () => {
  notes = [];
  sessions = [];
  const revoked = new RevokedCertificates(join(folder, 'pki', 'revoked.txt'));
  broker = await createBroker({
    host: '127.0.0.1',
    port: 0,
    caCertPem: pki.caCertPem,
    identity: pki.broker,
    isRevoked: (serial) => revoked.isRevoked(serial),
    log: (note) => notes.push(note),
  });
});
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  await broker.close();
});

const codes = () => notes.map(({ code }) => code);
const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 10 });
const tlsOf = ({ certPem, keyPem }: TlsIdentity) => ({ ca: pki.caCertPem, cert: certPem, key: keyPem });

type Peer = MqttSession & {
  readonly heard: string[];
  readonly ups: number[];
  readonly downs: string[];
  readonly troubles: string[];
};
function open(
  identity: TlsIdentity,
  clientId: string,
  subscriptions: string[],
  more: Partial<SessionOptions> = {},
): Peer {
  const [heard, downs, troubles] = [[] as string[], [] as string[], [] as string[]];
  const ups: number[] = [];
  const session = openMqttSession({
    urls: [`mqtts://127.0.0.1:${broker.port}`],
    tls: tlsOf(identity),
    clientId,
    subscriptions,
    onMessage: (topic, payload) => void heard.push(`${topic} ${Buffer.from(payload).toString()}`),
    onUp: () => ups.push(performance.now()),
    onDown: (reason) => downs.push(reason),
    onTrouble: (trouble) => troubles.push(trouble.code === 'link.unreachable' ? trouble.reason : trouble.code),
    random: Math.random,
    ...more,
  });
  sessions.push(session);
  return { ...wrap(session), heard, ups, downs, troubles };
}
const wrap = (session: MqttSession): MqttSession => ({
  publish: (...args) => session.publish(...args),
  isUp: () => session.isUp(),
  close: () => session.close(),
});
const openStation = (station: string, more: Partial<SessionOptions> = {}) =>
  open(identities.get(station)!, `ag-${station}-b1-c`, [`rt1/s/${station}/dn/+`, 'rt1/hub/live', 'rt1/all/hint'], more);
const openHub = (more: Partial<SessionOptions> = {}) => open(pki.hub, 'hub-1', ['rt1/s/+/up/+', 'rt1/s/+/live'], more);
const bytes = (text: string) => Buffer.from(text);

/** A TLS connection as the given identity, with everything that came of it. */
async function dial(identity: TlsIdentity | undefined): Promise<tls.TLSSocket & { ended: Promise<number> }> {
  const started = performance.now();
  const socket = tls.connect({
    host: '127.0.0.1',
    port: broker.port,
    ca: pki.caCertPem,
    ...(identity && { cert: identity.certPem, key: identity.keyPem }),
  });
  socket.on('error', () => socket.destroy());
  const ended = new Promise<number>((closed) => socket.once('close', () => closed(performance.now() - started)));
  await Promise.race([new Promise((secure) => socket.once('secureConnect', secure)), ended]);
  return Object.assign(socket, { ended });
}
const CONNECT_OF_HANGZHOU = (() => {
  const id = bytes(`ag-${HANGZHOU}-raw-c`);
  const variable = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 20, 0, id.length]);
  return Buffer.concat([Buffer.from([0x10, variable.length + id.length]), variable, id]);
})();

describe('the broker', () => {
  it('carries what the topic rules allow, both ways', async () => {
    const [hub, hangzhou, shaoxing] = [openHub(), openStation(HANGZHOU), openStation(SHAOXING)];
    await soon(() => expect([hub, hangzhou, shaoxing].every((peer) => peer.isUp())).toBe(true));
    expect(hangzhou.publish(`rt1/s/${HANGZHOU}/up/ev`, bytes('sold'))).toBe(true);
    expect(hub.publish(`rt1/s/${SHAOXING}/dn/seat`, bytes('granted'))).toBe(true);
    expect(hub.publish('rt1/all/hint', bytes('fares 7'))).toBe(true);
    await soon(() => {
      expect(hub.heard).toEqual([`rt1/s/${HANGZHOU}/up/ev sold`]);
      expect(hangzhou.heard).toEqual(['rt1/all/hint fares 7']);
      expect(shaoxing.heard.sort()).toEqual(['rt1/all/hint fares 7', `rt1/s/${SHAOXING}/dn/seat granted`]);
    });
  });

  it('closes a station that speaks for another one, and passes nothing on', async () => {
    const [hub, hangzhou] = [openHub(), openStation(HANGZHOU)];
    await soon(() => expect(hub.isUp() && hangzhou.isUp()).toBe(true));
    hangzhou.publish(`rt1/s/${SHAOXING}/up/ev`, bytes('forged'));
    await soon(() => expect(hangzhou.downs).toHaveLength(1));
    expect(codes()).toContain('broker.publish-denied');
    await soon(() => expect(hangzhou.isUp()).toBe(true));
    hangzhou.publish(`rt1/s/${HANGZHOU}/up/ev`, bytes('own'));
    await soon(() => expect(hub.heard).toEqual([`rt1/s/${HANGZHOU}/up/ev own`]));
  });

  it('refuses to let a station listen to another, take its client id, or leave a will in its name', async () => {
    const spy = open(identities.get(HANGZHOU)!, `ag-${HANGZHOU}-b1-c`, [`rt1/s/${SHAOXING}/dn/+`]);
    const thief = open(identities.get(HANGZHOU)!, `ag-${SHAOXING}-b1-c`, [`rt1/s/${HANGZHOU}/dn/+`]);
    const will = () => ({ topic: `rt1/s/${SHAOXING}/live`, payload: bytes('off'), retain: true });
    const ghost = openStation(HANGZHOU, { clientId: `ag-${HANGZHOU}-b2-c`, will });
    await soon(() => {
      expect(spy.troubles[0]).toMatch(`rt1/s/${SHAOXING}/dn/+: `);
      expect(thief.troubles.length).toBeGreaterThan(0);
      expect(ghost.troubles.length).toBeGreaterThan(0);
    });
    expect([...spy.ups, ...thief.ups, ...ghost.ups]).toEqual([]);
    expect(codes()).toEqual(expect.arrayContaining(['broker.subscribe-denied', 'broker.connect-denied']));
  });

  it('tells the hub a station’s will when its line breaks, and not when it says goodbye', async () => {
    const hub = openHub();
    const will = () => ({ topic: `rt1/s/${HANGZHOU}/live`, payload: bytes('off'), retain: true });
    const polite = openStation(HANGZHOU, { will });
    await soon(() => expect(hub.isUp() && polite.isUp()).toBe(true));
    await polite.close();
    const broken = openStation(HANGZHOU, { will, clientId: `ag-${HANGZHOU}-b2-c` });
    await soon(() => expect(broken.isUp()).toBe(true));
    expect(hub.heard).toEqual([]);
    broken.publish('rt1/hub/live', bytes('denied, so the broker cuts the line'));
    await soon(() => expect(hub.heard).toEqual([`rt1/s/${HANGZHOU}/live off`]));
  });

  it('knows nobody without a certificate of its authority', async () => {
    const none = await dial(undefined);
    await none.ended;
    const stranger = await ensurePki(join(folder, 'stranger'), { hosts: [], now: Date.now() });
    await (await dial(stranger.hub)).ended;
    const server = await dial({ certPem: pki.broker.certPem, keyPem: pki.broker.keyPem });
    await server.ended;
    expect(broker.connections()).toBe(0);
    expect(codes()).toContain('broker.tls-refused');
  });

  it('row 22: cuts off a withdrawn certificate within seconds, and does not let it in again', async () => {
    const extra = await createStationIdentity();
    const issued = await issueStationCertificate(pki, extra.csrPem, HANGZHOU, Date.now());
    if (!issued.ok) throw new Error(issued.refusal.code);
    const laptop = open({ certPem: issued.value.certPem, keyPem: extra.privateKeyPem }, `ag-${HANGZHOU}-stolen-c`, []);
    const counter = openStation(HANGZHOU);
    await soon(() => expect(laptop.isUp() && counter.isUp()).toBe(true));
    await revokeCertificate(join(folder, 'pki', 'revoked.txt'), issued.value.serial, `${HANGZHOU} stolen`);
    await soon(() => expect(laptop.downs).toHaveLength(1));
    await soon(() => expect(laptop.troubles.length).toBeGreaterThan(0));
    expect(codes()).toContain('broker.certificate-revoked');
    expect([laptop.isUp(), counter.isUp()]).toEqual([false, true]);
  });

  it('closes a connection at the header of a packet that is too long', async () => {
    const socket = await dial(identities.get(HANGZHOU));
    socket.write(CONNECT_OF_HANGZHOU);
    await new Promise((answered) => socket.once('data', answered));
    socket.write(Buffer.from([0x32, 0x80, 0x80, 0x06]));
    await socket.ended;
    expect(codes()).toContain('broker.packet-too-long');
    const session = openStation(HANGZHOU);
    await soon(() => expect(session.isUp()).toBe(true));
    session.publish(`rt1/s/${HANGZHOU}/up/ev`, Buffer.alloc(64 * 1024));
    session.publish(`rt1/s/${HANGZHOU}/up/ev`, Buffer.alloc(90 * 1024));
    await soon(() => expect(session.downs).toHaveLength(1));
  });

  it('slows a sender that floods it instead of cutting it off', async () => {
    const socket = await dial(identities.get(HANGZHOU));
    socket.write(CONNECT_OF_HANGZHOU);
    await new Promise((answered) => socket.once('data', answered));
    let answers = 0;
    socket.on('data', (chunk: Buffer) => {
      answers += chunk.length / 2;
    });
    const started = performance.now();
    for (let pings = 0; pings < 18_000; pings += 100) socket.write(Buffer.alloc(200, Buffer.from([0xc0, 0])));
    await soon(() => expect(answers).toBe(18_000));
    expect(performance.now() - started).toBeGreaterThan(500);
    socket.destroy();
  });

  it('gives one station 8 connections and no more', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => dial(identities.get(HANGZHOU))));
    await soon(() => expect(codes()).toContain('broker.too-many-connections'));
    expect(broker.connections()).toBe(8);
    for (const socket of sockets) socket.destroy();
    await soon(() => expect(broker.connections()).toBe(0));
  });

  it('closes a socket that says nothing, and one that stops after its handshake', async () => {
    const idle = net.connect(broker.port, '127.0.0.1');
    const started = performance.now();
    const idleMs = new Promise<number>((closed) =>
      idle.once('close', () => closed(performance.now() - started)).resume(),
    );
    const mute = await dial(identities.get(SHAOXING));
    mute.resume();
    for (const ms of await Promise.all([idleMs, mute.ended])) {
      expect(ms).toBeGreaterThan(4_000);
      expect(ms).toBeLessThan(9_000);
    }
  });
});
