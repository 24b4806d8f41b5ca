import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';
import { sourceConfig } from './legacy/source-config.ts';

/** `config.json` in the data folder of an agent. An unknown key is an error: a typing mistake must not become a default. */
export const agentConfig = z.strictObject({
  /** Name of the province as it stands on tickets. */
  province: z.string().min(1).max(12).default('浙江省'),
  http: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535).default(8101) }).prefault({}),
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
  windowDays: z.int().min(1).max(30).default(7),
  /** A production station refuses the settable clock. */
  production: z.boolean().default(false),
});
export type AgentConfig = z.infer<typeof agentConfig>;

/** Reads the configuration. @throws Fault `config.unreadable` or `config.invalid`, which names the key. */
export function readConfig(folder: string): AgentConfig {
  const file = join(folder, 'config.json');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const hint = '配置文件读不到或不是 JSON：请检查数据目录里的 config.json。';
    throw new Fault('config.unreadable', `${file} cannot be read as JSON`, { hint, retryable: false, cause });
  }
  const parsed = agentConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new Fault('config.invalid', `${file}: ${where} ${issue?.message ?? ''}`, {
    hint: `配置项 ${where} 不对：${issue?.message ?? ''}。改正后重新启动。`,
    retryable: false,
    facts: { where },
  });
}
