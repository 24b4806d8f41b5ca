import { join } from 'node:path';
import { reportDifferences } from '@lianpiao/shared/fsck/report-differences';
import { readHub } from '../store/open-hub-store.ts';
import { findDifferences } from './find-differences.ts';

/** Looks through a hub's database, also while the hub runs. Resolves to the number of differences. @throws Fault as `readSqlite`. */
export async function fsck(folder: string, json: boolean, write: (line: string) => void): Promise<number> {
  const { read, close } = readHub(join(folder, 'hub.sqlite'));
  try {
    return await reportDifferences(findDifferences(read), { json, write });
  } finally {
    close();
  }
}
