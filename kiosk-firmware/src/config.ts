import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';

/** The screen's server has no password: whoever reaches it presses buttons. So it listens on this machine only. */
const loopback = z.enum(['127.0.0.1', 'localhost', '::1']);

const inBothLanguages = z.strictObject({ zh: z.string().min(1).max(40), en: z.string().min(1).max(60) });

/** `config.json` in the data folder of a kiosk. An unknown key is an error: a typing mistake must not become a default. */
export const kioskConfig = z.strictObject({
  agent: z.strictObject({ url: z.url({ protocol: /^https?$/ }), token: z.string().min(16).max(128) }),
  printer: z.strictObject({ address: z.string().min(1).max(200) }),
  /** Null for a kiosk without card reader: tickets are then collected by pickup code only. */
  reader: z
    .strictObject({ address: z.string().min(1).max(200) })
    .nullable()
    .default(null),
  http: z
    .strictObject({ host: loopback.default('127.0.0.1'), port: z.int().min(0).max(65535).default(8201) })
    .prefault({}),
  /** Number of this kiosk in its station, as it stands on paper and in short codes. */
  terminal: z
    .string()
    .regex(/^\d{3}$/)
    .default('101'),
  /** Name of the station on the screen. */
  station: z.string().min(1).max(30).default('自助服务'),
  /** Name of the province as it stands on tickets. */
  province: z.string().min(1).max(12).default('浙江省'),
  /** Where a person helps, as a passenger reads it, and the station's service telephone. */
  help: z
    .strictObject({
      place: inBothLanguages.default({ zh: '人工售票窗口', en: 'the ticket counter' }),
      phone: z.string().max(20).nullable().default(null),
    })
    .prefault({}),
  /** CSS pixels in a millimetre of this panel: 4.03 at 21.5″ portrait, 3.21 at 27″, 3.8 at 17″ 1280 × 1024. */
  pxPerMm: z.number().min(2).max(12).default(4.03),
  /** A production kiosk refuses the settable clock. */
  production: z.boolean().default(false),
});
export type KioskConfig = z.infer<typeof kioskConfig>;

/** Reads the configuration. @throws Fault `config.unreadable` or `config.invalid`, which names the key. */
export function readConfig(folder: string): KioskConfig {
  const file = join(folder, 'config.json');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const hint = '配置文件读不到或不是 JSON：请检查数据目录里的 config.json。';
    throw new Fault('config.unreadable', `${file} cannot be read as JSON`, { hint, retryable: false, cause });
  }
  const parsed = kioskConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new Fault('config.invalid', `${file}: ${where} ${issue?.message ?? ''}`, {
    hint: `配置项 ${where} 不对：${issue?.message ?? ''}。改正后重新启动。`,
    retryable: false,
    facts: { where },
  });
}
