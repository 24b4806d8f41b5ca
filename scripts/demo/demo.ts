/**
 * `npm run demo`: one day of a small province, told while it happens. Every step is asked for at the interfaces that people
 * and programs use, and what it must have changed is looked up at another place than where it was asked. Exits 0 only if
 * every step held.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEPS } from './steps.ts';
import { World } from './world.ts';

const startedAt = performance.now();
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
const folder = mkdtempSync(join(tmpdir(), 'lianpiao-demo-'));
let failed = false;
let world: World | undefined;
try {
  console.log('联票演示：一个车票的一天 · one ticket’s day, on a clock of its own\n');
  world = await World.open(folder, () => undefined);
  console.log(`${seconds()}  中心、代理程序、三个车站、自助机已启动 hub, broker, three stations and a kiosk are up`);
  for (const [index, { title, run }] of STEPS.entries()) {
    console.log(`${seconds()}  ${index + 1}. ${title}`);
    console.log(`          ✓ ${await run(world)}`);
  }
} catch (cause) {
  failed = true;
  console.error(`${seconds()}  ✕ ${cause instanceof Error ? cause.message : String(cause)}`);
} finally {
  await world?.province.close();
  if (failed) console.error(`日志 logs: ${join(folder, 'log')}`);
  else rmSync(folder, { recursive: true, force: true });
}
console.log(
  failed
    ? `\n演示失败 the demo failed after ${seconds().trim()}`
    : `\n每一步都成立 every step held, in ${seconds().trim()}`,
);
process.exit(failed ? 1 : 0);
