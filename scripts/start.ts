/**
 * `npm start`: a whole small province on this machine: broker, hub, three stations, a kiosk and simulated devices, seven
 * days of trips ahead. Everything is kept under `data` or `LIANPIAO_DATA`; starting again finds it as it was.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '@lianpiao/shared/fault';
import { closeFolder, makeFilesPrivate } from '@lianpiao/shared/private-folder';
import { lockFolder } from '@lianpiao/shared/store/lock-folder';
import { choosePorts } from './province/ports.ts';
import { Province, STATIONS } from './province/province.ts';

const folder = resolve(process.env.LIANPIAO_DATA ?? join(import.meta.dirname, '..', 'data'));
const startedAt = performance.now();

let closing = false;
const { province, lock } = await open().catch((cause: unknown) => {
  if (cause instanceof Fault) console.error(cause.detail.hint);
  console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
});

const { admin, channel } = province.hubCredentials();
const lines = STATIONS.map(({ id, name }) => {
  const { clerk, adapter } = province.credentials(id);
  return `  ${name}  ${province.agentUrl(id)}/  用户 ${clerk.user} 口令 ${clerk.password} 窗口 001\n    接口文档 ${province.agentUrl(id)}/docs  适配令牌 ${adapter.token}`;
});
console.log(`
联票 Lianpiao 已就绪 ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s；数据在 data in ${folder}

售票窗口 counters
${lines.join('\n')}
自助机 kiosk        ${province.kioskUrl}/
控制台 console      ${province.hubUrl}/  用户 ${admin.user} 口令 ${admin.password}
渠道接口 channel API ${province.hubUrl}/docs  渠道 ${channel.id} 令牌 ${channel.token}
打印盘 print tray    http://127.0.0.1:${province.ports.desk}/  （模拟打印机与读卡器 simulated printers and card readers）

Ctrl-C 停止 stops everything.`);

/** The folder is taken first: a second start must not touch the ports and files of the one that runs. */
async function open() {
  makeFilesPrivate();
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  closeFolder(folder);
  const province = await Province.open({
    folder,
    ports: await choosePorts(join(folder, 'ports.json')),
    onLost: (name, tail) => {
      if (!closing) console.error(`${name} 意外退出 ended unexpectedly:\n${tail}`);
    },
    say: (text) => console.log(text),
  });
  return { province, lock };
}

async function stop(): Promise<void> {
  if (closing) return;
  closing = true;
  console.log('\n正在停止 stopping …');
  await province.close();
  lock.release();
  process.exit(0);
}
process.on('SIGINT', () => void stop());
process.on('SIGTERM', () => void stop());
