import { mkdtemp } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import {
  type MqttSession,
  openMqttSession,
  type SessionOptions,
  type SessionTrouble,
  UNACKED_MAX,
} from '@lianpiao/shared/link/mqtt-session';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePki, issueStationCertificate, type Pki, type TlsIdentity } from '../stations/private-ca.ts';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';

/**
 * The session of shared/src/link against the real broker in a process of its own. It stands here because shared must not
 * know the hub.
 */
const STATION = '330100001';
const UP = `rt1/s/${STATION}/up/ev`;
const DOWN = `rt1/s/${STATION}/dn/ev`;

let folder: string;
let pki: Pki;
let station: TlsIdentity;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'link-session-'));
  pki = await ensurePki(join(folder, 'pki'), { hosts: [], now: Date.now() });
  const { privateKeyPem, csrPem } = await createStationIdentity();
  const issued = await issueStationCertificate(pki, csrPem, STATION, Date.now());
  if (!issued.ok) throw new Error(issued.refusal.code);
  station = { keyPem: privateKeyPem, certPem: issued.value.certPem };
});

let broker: BrokerProcess;
let sessions: MqttSession[];
beforeEach(async () => {
  broker = await startBrokerProcess(folder, 0, () => undefined);
  sessions = [];
});
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  broker.process.kill('SIGKILL');
  await broker.ended;
});

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const urlOf = (port: number) => `mqtts://127.0.0.1:${port}`;

type Peer = { session: MqttSession; heard: string[]; ups: string[]; downs: string[]; troubles: SessionTrouble[] };
function open(
  identity: TlsIdentity,
  clientId: string,
  subscriptions: string[],
  more: Partial<SessionOptions> = {},
): Peer {
  const peer = { heard: [] as string[], ups: [] as string[], downs: [] as string[], troubles: [] as SessionTrouble[] };
  const session = openMqttSession({
    urls: [urlOf(broker.port)],
    tls: { ca: pki.caCertPem, cert: identity.certPem, key: identity.keyPem },
    clientId,
    subscriptions,
    onMessage: (_topic, payload) => void peer.heard.push(Buffer.from(payload).toString()),
    onUp: (url) => peer.ups.push(url),
    onDown: (reason) => peer.downs.push(reason),
    onTrouble: (trouble) => peer.troubles.push(trouble),
    random: Math.random,
    ...more,
  });
  sessions.push(session);
  return { session, ...peer };
}
const openStation = (more: Partial<SessionOptions> = {}) =>
  open(station, `ag-${STATION}-b1-c`, [`rt1/s/${STATION}/dn/+`], more);
const openHub = (more: Partial<SessionOptions> = {}) => open(pki.hub, 'hub-1', ['rt1/s/+/up/+'], more);

describe('an MQTT session', () => {
  it('comes back by itself after the broker was killed, and sends nothing that was not sent before', async () => {
    const [hub, agent] = [openHub(), openStation()];
    await soon(() => expect(hub.session.isUp() && agent.session.isUp()).toBe(true));
    expect(agent.session.publish(UP, Buffer.from('before'))).toBe(true);
    await soon(() => expect(hub.heard).toEqual(['before']));

    broker.process.kill('SIGKILL');
    await broker.ended;
    await soon(() => expect(agent.downs).toHaveLength(1));
    for (let attempt = 0; attempt < 1_000; attempt += 1)
      expect(agent.session.publish(UP, Buffer.from('lost'))).toBe(false);

    broker = await startBrokerProcess(folder, broker.port, () => undefined);
    await soon(() => expect(hub.session.isUp() && agent.session.isUp()).toBe(true));
    agent.session.publish(UP, Buffer.from('after'));
    await soon(() => expect(hub.heard).toEqual(['before', 'after']));
  });

  it('holds nothing back: with the line stuck it refuses after 256 publications, and forgets them with the connection', async () => {
    // A proxy that can stop passing bytes on, as a dead line does.
    let stuck = false;
    const pairs: net.Socket[] = [];
    const proxy = net.createServer((near) => {
      const far = net.connect(broker.port, '127.0.0.1');
      pairs.push(near, far);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from
          .on('data', (chunk) => stuck || to.write(chunk))
          .on('close', () => to.destroy())
          .on('error', () => to.destroy());
      }
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const hub = openHub();
    const agent = openStation({ urls: [urlOf((proxy.address() as net.AddressInfo).port)] });
    await soon(() => expect(hub.session.isUp() && agent.session.isUp()).toBe(true));

    stuck = true;
    let sent = 0;
    while (agent.session.publish(UP, Buffer.from(`stuck ${sent}`))) sent += 1;
    expect(sent).toBe(UNACKED_MAX);
    stuck = false;
    for (const socket of pairs.splice(0)) socket.destroy();
    await soon(() => expect(agent.ups).toHaveLength(2));
    expect(agent.session.publish(UP, Buffer.from('fresh'))).toBe(true);
    await soon(() => expect(hub.heard).toEqual(['fresh']));
    await agent.session.close();
    await new Promise((closed) => proxy.close(closed));
  });

  it('hands over one message at a time and in order, and slows the sender down when the receiver is slow', async () => {
    let [handling, most, seen] = [0, 0, 0];
    const order: number[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((open) => {
      release = open;
    });
    const agent = openStation({
      onMessage: async (_topic, payload) => {
        handling += 1;
        seen += 1;
        most = Math.max(most, handling);
        await gate;
        order.push(payload.length);
        handling -= 1;
      },
    });
    const hub = openHub();
    await soon(() => expect(hub.session.isUp() && agent.session.isUp()).toBe(true));
    for (let index = 0; index < 100; index += 1) hub.session.publish(DOWN, Buffer.alloc(index + 1));
    await soon(() => expect(seen).toBe(1));
    await soon(() => expect(hub.session.publish(DOWN, Buffer.alloc(101))).toBe(true));
    expect(seen).toBe(1);
    release();
    await soon(() => expect(order).toEqual(Array.from({ length: 101 }, (_, index) => index + 1)));
    expect(most).toBe(1);
  });

  it('goes on after a message whose handling throws, and says which', async () => {
    const agent = openStation({
      onMessage: (_topic, payload) => {
        if (payload.length === 1) throw new Error('broken');
      },
    });
    const hub = openHub();
    await soon(() => expect(hub.session.isUp() && agent.session.isUp()).toBe(true));
    hub.session.publish(DOWN, Buffer.alloc(1));
    hub.session.publish(DOWN, Buffer.alloc(2));
    await soon(() => expect(agent.troubles).toMatchObject([{ code: 'link.message-failed', topic: DOWN }]));
    expect(agent.session.isUp()).toBe(true);
  });

  it('tries the brokers in turn and says what is wrong with those that do not answer', async () => {
    const agent = openStation({ urls: [urlOf(1), `mqtts://nowhere.invalid:1`, urlOf(broker.port)] });
    await soon(() => expect(agent.ups).toEqual([urlOf(broker.port)]));
    expect(agent.troubles.map((trouble) => trouble.code === 'link.unreachable' && trouble.url)).toEqual([
      urlOf(1),
      'mqtts://nowhere.invalid:1',
    ]);
    expect(agent.troubles[0]).toMatchObject({ reason: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('does not trust a broker of another authority', async () => {
    const stranger = await ensurePki(join(folder, 'stranger'), { hosts: [], now: Date.now() });
    const agent = openStation({ tls: { ca: stranger.caCertPem, cert: station.certPem, key: station.keyPem } });
    await soon(() => expect(agent.troubles.length).toBeGreaterThan(0));
    expect(agent.ups).toEqual([]);
  });

  it('closes at once in any state: up, on the way, waiting for the next attempt, and twice', async () => {
    const up = openStation();
    await soon(() => expect(up.session.isUp()).toBe(true));
    const onTheWay = openHub();
    const waiting = openHub({ urls: [urlOf(1)], random: () => 0.999 });
    await soon(() => expect(waiting.troubles).toHaveLength(1));
    const started = performance.now();
    await Promise.all([up.session.close(), up.session.close(), onTheWay.session.close(), waiting.session.close()]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(up.session.publish(UP, Buffer.from('late'))).toBe(false);
    expect(up.downs).toEqual(['closed here']);
    expect(onTheWay.ups).toEqual([]);
  });
});
