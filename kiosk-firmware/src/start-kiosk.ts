import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clockFor } from '@lianpiao/shared/clock';
import { openSecretFile } from '@lianpiao/shared/crypto/secret-file';
import { samReader } from '@lianpiao/shared/devices/id-reader/sam-driver';
import { escposPrinter } from '@lianpiao/shared/devices/ticket-printer/escpos/driver';
import { EPSON_80MM } from '@lianpiao/shared/devices/ticket-printer/printer-profile';
import { transportAt } from '@lianpiao/shared/devices/transport/transport-at';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { listen } from '@lianpiao/shared/http/listen';
import { startJob } from '@lianpiao/shared/job-loop';
import type { Log } from '@lianpiao/shared/log';
import type { Running } from '@lianpiao/shared/run-process';
import { clock as wallClock } from '@lianpiao/shared/ui/format';
import { agentClient } from './agent-client.ts';
import { ZONE } from './choices.ts';
import { forgetOldClaims } from './claims/unfinished-claims.ts';
import { readConfig } from './config.ts';
import { createKiosk } from './kiosk.ts';
import { sendReports } from './reports/send-reports.ts';
import { screenApp } from './screen/screen-server.ts';
import { createSelfTest } from './self-test.ts';
import { openKioskStore } from './store/open-kiosk-store.ts';
import { sealerWith } from './store/sealer.ts';

const JOURNAL_MS = 3_600_000;

/** Pauses of the loops in ms. `hurry` divides the time limits of the flow; more than 1 in tests only. */
export type KioskPace = {
  readonly tickMs: number;
  readonly selfTestMs: number;
  readonly reportsMs: number;
  readonly hurry: number;
};
const USUAL_PACE: KioskPace = { tickMs: 500, selfTestMs: 3_000, reportsMs: 5_000, hurry: 1 };

/** Starts a kiosk from its data folder: database, devices, self-test, flow, loops, and the screen. */
export async function startKiosk(folder: string, log: Log, pace = USUAL_PACE): Promise<Running> {
  const config = readConfig(folder);
  const clock = clockFor(config.production);
  mkdirSync(folder, { recursive: true });
  const store = await openKioskStore(join(folder, 'kiosk.sqlite'));
  const sealer = sealerWith(await openSecretFile(join(folder, 'kiosk.key')));
  const { terminal, station, pxPerMm, help } = config;
  const desk = { store, sealer, clock, newId: randomUUID, terminal };
  const agent = agentClient(config.agent.url, config.agent.token);
  const printer = escposPrinter({ connect: () => transportAt(config.printer.address), profile: EPSON_80MM });
  const readerAddress = config.reader?.address;
  const reader = readerAddress ? samReader({ connect: () => transportAt(readerAddress) }) : null;

  const kiosk = createKiosk({
    desk,
    agent,
    printer,
    reader,
    province: config.province,
    frame: () => {
      const now = clock.now();
      const [time, today] = [wallClock(now, ZONE, false), serviceDateOf(now, ZONE)];
      return { station, terminal, pxPerMm, clock: time, today, help: { ...help.place, phone: help.phone } };
    },
    monotonic: () => performance.now() * pace.hurry,
    log,
  });
  await kiosk.start();
  const selfTest = createSelfTest({ agent, printer, reader });
  const jobs = [
    startJob('self-test', pace.selfTestMs, async () => kiosk.health(await selfTest.look()), log),
    startJob('ticks', pace.tickMs, () => kiosk.tick(), log),
    startJob('reports', pace.reportsMs, () => sendReports(desk, agent, log), log),
    startJob('journal', JOURNAL_MS, () => forgetOldClaims(desk), log),
  ];
  const uiFolder = join(import.meta.dirname, '..', 'ui', 'dist');
  const app = screenApp({ kiosk, uiFolder, log: (cause) => log.failed('request.failed', cause) });
  const server = await listen(app.fetch, config.http.host, config.http.port);
  return {
    address: server.address,
    close: async () => {
      await server.close();
      await Promise.all(jobs.map((job) => job.stop()));
      await kiosk.close();
      await store.close();
    },
  };
}
