/**
 * `npm run soak -- agent | hub`: memory of the product's processes over a day's tickets, in so many minutes. A line a minute;
 * the last line is JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agentDay } from './agent-day.ts';
import { hubDay } from './hub-day.ts';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: text, tickets: text, stations: text },
});
const [name] = positionals;
const minutes = Number(values.minutes ?? 20);
if ((name !== 'agent' && name !== 'hub') || !(minutes > 0)) {
  console.error('用法 usage: npm run soak -- agent | hub [--minutes 20] [--tickets N] [--stations 300]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'lianpiao-soak-'));
try {
  const result =
    name === 'agent'
      ? await agentDay(folder, Number(values.tickets ?? 30_000), minutes)
      : await hubDay(folder, Number(values.stations ?? 300), Number(values.tickets ?? 300_000), minutes);
  console.log(JSON.stringify(result));
  process.exitCode = result.ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
