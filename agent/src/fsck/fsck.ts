import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@lianpiao/shared/fault';
import { reportDifferences } from '@lianpiao/shared/fsck/report-differences';
import { enrolmentAnswer } from '@lianpiao/shared/protocol/enrolment';
import { readAgent } from '../store/open-agent-store.ts';
import { findDifferences } from './find-differences.ts';

/** Looks through a station's database, also while the agent runs. Resolves to the number of differences. @throws Fault as `readSqlite`. */
export async function fsck(folder: string, json: boolean, write: (line: string) => void): Promise<number> {
  const station = stationOf(folder);
  const { read, close } = readAgent(join(folder, 'agent.sqlite'));
  try {
    return await reportDifferences(findDifferences(read, station), { json, write });
  } finally {
    close();
  }
}

function stationOf(folder: string): string {
  try {
    return enrolmentAnswer.parse(JSON.parse(readFileSync(join(folder, 'enrolment.json'), 'utf8'))).station.code;
  } catch (cause) {
    throw new Fault('store.cannot-open', `${folder} is not the folder of an enrolled station`, {
      hint: '这个目录不是已登记车站的数据目录：请核对 --data。',
      retryable: false,
      cause,
    });
  }
}
