import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startBackups } from '@lianpiao/shared/backup-job';
import { clockFor } from '@lianpiao/shared/clock';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import { sm2Sign } from '@lianpiao/shared/crypto/sm2';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import { listen } from '@lianpiao/shared/http/listen';
import { startJob } from '@lianpiao/shared/job-loop';
import type { Log } from '@lianpiao/shared/log';
import { readConfig } from '@lianpiao/shared/read-config';
import type { Running } from '@lianpiao/shared/run-process';
import { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import { JournalMirror } from '@lianpiao/shared/store/journal-file/journal-mirror';
import { personVault } from '@lianpiao/shared/store/person-vault';
import { pruneStreams } from '@lianpiao/shared/store/pruning/prune-streams';
import { StreamArchive } from '@lianpiao/shared/store/pruning/stream-archive';
import type { Engine } from '@lianpiao/shared/store/store';
import { paperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import type { Agent } from './agent.ts';
import { agentApp } from './api/app.ts';
import { closeBoarding } from './boarding/close-boarding.ts';
import { agentConfig } from './config.ts';
import { openCounterDevices } from './counter-devices.ts';
import { driveExchanges } from './exchange/drive-exchange.ts';
import { passHomes } from './gates/pass-homes.ts';
import { readStops } from './legacy/stop-directory.ts';
import { expireHolds } from './seats/expire-holds.ts';
import { firstCredentials } from './shifts/first-credentials.ts';
import { openAgentStore } from './store/open-agent-store.ts';
import { hubFacts } from './sync/hub-facts.ts';
import { hubRequests } from './sync/hub-requests.ts';
import { LinkLoop } from './sync/link-loop.ts';
import { renewMacKey, StationMacRing } from './sync/mac-keys.ts';
import { keepMonthKeys, loadMonthKeys } from './sync/month-keys.ts';
import { proveContinuity } from './sync/prove-continuity.ts';
import { rebuildFacts } from './sync/rebuild-facts.ts';
import { RunMarker } from './sync/run-marker.ts';
import { stationKeys } from './sync/station-keys.ts';
import { StationClock } from './time/station-clock.ts';
import { resumeClock, watchClock } from './time/watch-clock.ts';
import { followSource } from './trips/follow-source.ts';
import { serveStandingOrders } from './trips/serve-standing-orders.ts';

const VERSION = '0.1.0';
const SOURCE_MS = 5_000;
const HOLDS_MS = 1_000;
const BOARDING_MS = 5_000;
const ORDERS_MS = 1_000;
const EXCHANGES_MS = 2_000;
const MONTH_KEYS_MS = 2_000;
const CLOCK_MS = 1_000;
const MAC_KEY_MS = 600_000;
const ROOM_MS = 1_000;
const PRUNING_MS = 600_000;

/** Starts a station from its data folder: keys and enrolment, database, link, devices, source, loops, and the interface. */
export async function startAgent(folder: string, log: Log): Promise<Running> {
  const config = readConfig(folder, agentConfig);
  const clock = new StationClock(clockFor(config.production));
  const keys = await stationKeys(folder, config);
  const { station, ca, certificate, macKey, ticketKeyNo } = keys.enrolment;
  const marker = new RunMarker(config.runMarker ?? `${resolve(folder)}.run-marker`, (cause) =>
    log.failed('marker.not-written', cause),
  );
  const mirror = config.journalMirror
    ? new JournalMirror(config.journalMirror, station.code, (cause) => log.failed('mirror.not-written', cause))
    : undefined;
  const committed = (engine: Engine) => {
    marker.committed(engine);
    mirror?.committed(engine);
  };
  const store = await openAgentStore(join(folder, 'agent.sqlite'), committed, () => clock.stamp());
  const { installId } = keys;
  const { dbId } = await proveContinuity(store, marker.before, installId, clock.now());
  marker.keep({ dbId, installId }, store.read.engine);
  await resumeClock(store, clock);
  const persons = personVault(await openSecretFile(join(folder, 'person-lookup.key')));
  const masterKey = await openSecretFile(join(folder, 'master.key'));
  await loadMonthKeys(store, persons, masterKey);
  const agent: Agent = {
    store,
    persons,
    room: new DiskRoom(),
    station: { code: station.code as StationCode, name: station.name },
    newId: randomUUID,
  };
  const lookAtDisk = () => {
    agent.room.noteMirror(mirror?.state ?? 'none');
    return agent.room.look(store, folder, performance.now());
  };
  await lookAtDisk();
  await firstCredentials(agent, folder);

  const ring = new StationMacRing(folder, station.code, { keyNo: macKey.keyNo, secret: keys.macSecret }, masterKey);
  const archive = new StreamArchive(join(folder, 'archive'));
  const link = new LinkLoop({
    store,
    station: station.code,
    brokers: (config.hub.brokers ?? keys.enrolment.brokers) as [string, ...string[]],
    tls: { ca, cert: certificate, key: keys.privateKeyPem },
    keys: ring.keys,
    installId,
    agentVersion: VERSION,
    clock,
    room: agent.room,
    archive,
    log,
  });
  const signer = { keyNo: ticketKeyNo, sign: (text: string) => sm2Sign(text, keys.ticket) };
  const desk = { agent, link, clock, paper: paperMaker(signer, station, () => station.name) };
  const directory = readStops(await readFile(resolve(folder, config.stops), 'utf8'));
  await link.start(hubFacts(agent, directory), hubRequests(desk), rebuildFacts(agent));
  const devices = openCounterDevices(desk, config, log);
  const source = await followSource(agent, config, folder, clock, directory);

  const jobs = [
    startJob('source', SOURCE_MS, () => source.look(), log),
    startJob('holds', HOLDS_MS, () => expireHolds(agent, clock.now()), log),
    startJob('boarding', BOARDING_MS, () => closeBoarding(agent, clock.now()), log),
    startJob('homes', BOARDING_MS, () => passHomes(agent, clock.now()), log),
    startJob('standing-orders', ORDERS_MS, () => serveStandingOrders(agent, clock.now()), log),
    startJob('exchanges', EXCHANGES_MS, () => driveExchanges(desk, clock.now()), log),
    startJob('clock', CLOCK_MS, () => watchClock(store, clock), log),
    startJob(
      'pruning',
      PRUNING_MS,
      async () => agent.room.noteUnsafe(!(await pruneStreams(store, archive, clock.now()))),
      log,
    ),
    startJob('disk', ROOM_MS, lookAtDisk, log),
    startJob('mac-key', MAC_KEY_MS, () => renewMacKey(desk, ring, keys.ticket), log),
    startJob('month-keys', MONTH_KEYS_MS, () => keepMonthKeys(desk, masterKey), log),
  ];
  const cli = join(import.meta.dirname, 'cli.ts');
  if (config.backup) jobs.push(startBackups(cli, folder, config.backup, log));
  const app = agentApp({
    desk,
    devices,
    source,
    uiFolder: join(import.meta.dirname, '..', 'ui', 'dist'),
    log: (cause) => log.failed('request.failed', cause),
  });
  const server = await listen(app.fetch, config.http.host, config.http.port);
  return {
    address: server.address,
    close: async () => {
      await server.close();
      await devices.close();
      await Promise.all(jobs.map((job) => job.stop()));
      await link.close();
      marker.close(store.read.engine);
      mirror?.close();
      await store.close();
    },
  };
}
