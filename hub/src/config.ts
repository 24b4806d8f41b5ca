import { backupConfig } from '@lianpiao/shared/backup-job';
import { z } from 'zod';

/** `config.json` in the data folder of the hub. An unknown key is an error: a typing mistake must not become a default. */
export const hubConfig = z.strictObject({
  http: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535).default(8080) })
    .prefault({}),
  /** Brokers in the order of preference, for the hub and, at their enrolment, for stations. */
  brokers: z.array(z.string()).min(1).max(4).default(['mqtts://127.0.0.1:8883']),
  /** Names and addresses under which stations reach the broker, for its certificate. */
  brokerHosts: z.array(z.string()).max(8).default([]),
  /** Where the hub backs its data up to by itself; nowhere without it. */
  backup: backupConfig.optional(),
  /** Payments of the sandbox provider are play money: a production hub refuses it. */
  sandboxProvider: z.boolean().default(true),
  /** File of the run marker, best on another machine's disk; beside the data folder when it is not named. */
  runMarker: z.string().optional(),
  /** A production hub refuses the settable clock and the sandbox provider. */
  production: z.boolean().default(false),
});
export type HubConfig = z.infer<typeof hubConfig>;
