import { backupConfig } from '@lianpiao/shared/backup-job';
import { z } from 'zod';
import { sourceConfig } from './legacy/source-config.ts';

/** `config.json` in the data folder of an agent. An unknown key is an error: a typing mistake must not become a default. */
export const agentConfig = z.strictObject({
  /** Name of the province as it stands on tickets. */
  province: z.string().min(1).max(12).default('浙江省'),
  http: z
    .strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535).default(8101) })
    .prefault({}),
  hub: z.strictObject({
    url: z.url(),
    /** One-time token of the enrolment; not needed any more afterwards. */
    token: z.string().min(16).max(128).optional(),
    /** Instead of the addresses that the hub gave at enrolment, in the order of preference. */
    brokers: z.array(z.string()).max(4).optional(),
  }),
  source: sourceConfig,
  /** Stops with codes and pinyin as data, relative to the data folder. */
  stops: z.string().min(1).max(400),
  printer: z.strictObject({ address: z.string() }).nullable().default(null),
  reader: z.strictObject({ address: z.string() }).nullable().default(null),
  /** File of the run marker, on another medium where there is one; else beside the data folder. */
  runMarker: z.string().min(1).max(400).optional(),
  /** Where the station backs its data up to by itself; nowhere without it. */
  backup: backupConfig.optional(),
  /** File of the second journal, on another medium; without one, sales that the hub has not acknowledged die with the disk. */
  journalMirror: z.string().min(1).max(400).optional(),
  windowDays: z.int().min(1).max(30).default(7),
  /** A day that loses more than this share of its trips in the timetable source raises a warning. */
  missingShareMax: z.number().gt(0).lt(1).default(0.5),
  /** A production station refuses the settable clock. */
  production: z.boolean().default(false),
});
export type AgentConfig = z.infer<typeof agentConfig>;
