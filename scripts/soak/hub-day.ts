import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePki, issueStationCertificate } from '@lianpiao/hub/stations/private-ca';
import { openHubStore } from '@lianpiao/hub/store/open-hub-store';
import { macKeyRow } from '@lianpiao/shared/crypto/mac-keys';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import { createStationIdentity } from '@lianpiao/shared/crypto/station-identity';
import { startChild } from '../province/child.ts';
import { chooseAnyPorts } from '../province/ports.ts';
import { enrol } from '../scenarios/link-rig.ts';
import { measureChildren, type SoakResult, watchMemory } from './memory.ts';
import type { CrowdArgs, CrowdSays } from './station-crowd.ts';

/** Resident memory of a hub with 300 stations after a day of 300,000 tickets. In MiB. */
const RSS_MB_MAX = 500;
const SOURCE = join(import.meta.dirname, '..', '..', 'hub', 'src');

/** A hub and a broker as processes, and stations that say a day's sales over the broker. */
export async function hubDay(folder: string, stations: number, tickets: number, minutes: number): Promise<SoakResult> {
  measureChildren(folder);
  const data = join(folder, 'hub');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const crowd = await admit(data, stations);
  const ports = await chooseAnyPorts();
  const brokers = [`mqtts://127.0.0.1:${ports.broker}`] as const;
  writeFileSync(join(data, 'config.json'), JSON.stringify({ http: { port: ports.hub }, brokers }));
  const start = (name: string, main: string, more: readonly string[], readyEvent: string) =>
    startChild({ name, main, args: ['--data', data, ...more], readyEvent, logFile: join(folder, `${name}.log`) });
  const broker = await start(
    'broker',
    join(SOURCE, 'broker', 'main.ts'),
    ['--port', String(ports.broker)],
    'broker.listening',
  );
  const hub = await start('hub', join(SOURCE, 'main.ts'), [], 'hub.ready');
  let acknowledged = 0;
  const args: CrowdArgs = { brokers, ...crowd, tickets, minutes };
  // Certificates of many stations are more than a command line takes.
  const told = join(folder, 'crowd.json');
  writeFileSync(told, JSON.stringify(args), { mode: 0o600 });
  const child = fork(join(import.meta.dirname, 'station-crowd.ts'), [told]);
  const done = new Promise<void>((ended, failed) => {
    child.once('exit', (code) => failed(new Error(`the stations ended with ${code}`)));
    child.on('message', (says: CrowdSays) => {
      acknowledged = says.acknowledged;
      if (says.ended) ended();
    });
  });
  try {
    return await watchMemory({
      name: 'hub',
      pid: hub.pid,
      rssMbMax: RSS_MB_MAX,
      minutes,
      wanted: tickets,
      tickets: () => acknowledged,
      done,
    });
  } finally {
    child.disconnect();
    await hub.stop();
    await broker.stop();
  }
}

/** Writes stations with keys and certificates into a hub's folder, as if each had been enrolled. */
async function admit(data: string, count: number): Promise<Pick<CrowdArgs, 'ca' | 'stations'>> {
  const pki = await ensurePki(join(data, 'pki'), { hosts: [], now: Date.now() });
  const masterKey = await openSecretFile(join(data, 'master.key'));
  const store = await openHubStore(join(data, 'hub.sqlite'));
  const stations = [];
  for (let index = 0; index < count; index += 1) {
    const code = String(330_100_001 + index);
    const { privateKeyPem, csrPem } = await createStationIdentity();
    const issued = await issueStationCertificate(pki, csrPem, code, Date.now());
    if (!issued.ok) throw new Error(issued.refusal.code);
    const secret = Buffer.alloc(32, index + 1);
    await enrol(store, code);
    const row = macKeyRow(code, { keyNo: 1, secret, activeAt: 0 }, masterKey, Buffer.alloc(16, index));
    await store.transaction((tx) => tx.db.insert(tx.t.stationKeys).values({ station: code, ...row }));
    stations.push({ code, cert: issued.value.certPem, key: privateKeyPem, mac: secret.toString('hex') });
  }
  await store.close();
  return { ca: pki.caCertPem, stations };
}
