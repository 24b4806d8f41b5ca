import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ensurePki, issueStationCertificate } from '../stations/private-ca.ts';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';

/** The bound of the failure matrix: rubbish must not make the broker grow by more. */
const GROWTH_MAX_MB = 20;

let folder: string;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-main-'));
  lines = [];
});
const start = (port = 0) => startBrokerProcess(folder, port, (line) => lines.push(line));
const codes = () => lines.map((line) => (JSON.parse(line) as { code?: string }).code);

/** Resident memory in MB, as Linux tells it. Elsewhere 0, and only the closing of the sockets is checked. */
function memoryMb({ process: child }: BrokerProcess): number {
  if (process.platform !== 'linux') return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024;
}

async function asStation(broker: BrokerProcess): Promise<tls.TLSSocket> {
  const pki = await ensurePki(join(folder, 'pki'), { hosts: [], now: Date.now() });
  const { privateKeyPem, csrPem } = await createStationIdentity();
  const issued = await issueStationCertificate(pki, csrPem, '330100001', Date.now());
  if (!issued.ok) throw new Error(issued.refusal.code);
  const socket = tls.connect({
    host: '127.0.0.1',
    port: broker.port,
    ca: pki.caCertPem,
    cert: issued.value.certPem,
    key: privateKeyPem,
  });
  socket.on('error', () => socket.destroy());
  await new Promise((secure) => socket.once('secureConnect', secure));
  return socket;
}

describe('the broker process', () => {
  it('says where it listens, and stops cleanly when told to, and when its parent is gone', async () => {
    const told = await start();
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'broker.listening', port: told.port });
    await asStation(told);
    told.process.kill('SIGTERM');
    expect(await told.ended).toBe(0);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ event: 'broker.stopped' });

    const orphaned = await start(told.port);
    expect(orphaned.port).toBe(told.port);
    orphaned.process.disconnect();
    expect(await orphaned.ended).toBe(0);
  });

  it('ends with a word about it when its port is taken', async () => {
    const first = await start();
    await expect(start(first.port)).rejects.toThrow(/EADDRINUSE/);
    first.process.kill('SIGTERM');
    await first.ended;
  });

  it('row 23: closes a CONNECT that announces 256 MB at its header, and does not grow', async () => {
    const broker = await start();
    const socket = await asStation(broker);
    const before = memoryMb(broker);
    const closed = new Promise((done) => socket.once('close', done));
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    const junk = Buffer.alloc(1 << 20);
    let sentMb = 0;
    const pour = () => {
      while (!socket.destroyed && sentMb < 150) {
        sentMb += 1;
        if (!socket.write(junk)) {
          socket.once('drain', pour);
          return;
        }
      }
    };
    pour();
    await closed;
    expect(memoryMb(broker) - before).toBeLessThan(GROWTH_MAX_MB);
    await vi.waitFor(() => expect(codes()).toContain('broker.packet-too-long'), { timeout: 5_000 });
    broker.process.kill('SIGTERM');
    await broker.ended;
  });

  it('row 23: stands 2,000 idle sockets: most are closed at once, the rest soon, it does not grow, and a station gets in', async () => {
    const broker = await start();
    const before = memoryMb(broker);
    let open = 0;
    let closed = 0;
    const sockets = Array.from({ length: 2_000 }, () => {
      const socket = net.connect(broker.port, '127.0.0.1');
      socket.on('connect', () => {
        open += 1;
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        closed += 1;
      });
      return socket.resume();
    });
    await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(1_400), { timeout: 10_000, interval: 20 });
    expect(memoryMb(broker) - before).toBeLessThan(GROWTH_MAX_MB);
    await vi.waitFor(() => expect(closed).toBe(2_000), { timeout: 10_000, interval: 50 });
    expect(open).toBeGreaterThan(500);
    expect(memoryMb(broker) - before).toBeLessThan(GROWTH_MAX_MB);
    (await asStation(broker)).destroy();
    for (const socket of sockets) socket.destroy();
    broker.process.kill('SIGTERM');
    await broker.ended;
  });
});
