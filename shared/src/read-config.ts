import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { Fault } from './fault.ts';

/**
 * Reads `config.json` of a data folder by its schema. Schemas are strict: an unknown key is an error, so that a typing
 * mistake never becomes a default.
 *
 * @throws Fault `config.unreadable` when it is missing or no JSON, `config.invalid`, which names the key.
 */
export function readConfig<Schema extends z.ZodType>(folder: string, schema: Schema): z.infer<Schema> {
  const file = join(folder, 'config.json');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const hint = '配置文件读不到或不是 JSON：请检查数据目录里的 config.json。';
    throw new Fault('config.unreadable', `${file} cannot be read as JSON`, { hint, retryable: false, cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const hint = `配置项 ${where} 不对：${issue?.message ?? ''}。改正后重新启动。`;
  throw new Fault('config.invalid', `${file}: ${where} ${issue?.message ?? ''}`, {
    hint,
    retryable: false,
    facts: { where },
  });
}
