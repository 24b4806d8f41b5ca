import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs, ServiceDate } from '@lianpiao/shared/domain/service-day';
import iconv from 'iconv-lite';
import { StopDirectory, type StopEntry } from '../stop-directory.ts';

/** Noon of the first service day of every test, in China. */
export const NOON: EpochMs = Date.UTC(2026, 5, 1, 4);
export const FIRST_DAY = '20260601' as ServiceDate;
export const STATION = '330100001';

function stop(code: string, name: string, pinyin: string, initials: string, station: string | null = null): StopEntry {
  return { code, name, pinyin, initials, region: code.slice(0, 6), station, aliases: [] };
}

export const DIRECTORY = new StopDirectory([
  stop(STATION, '杭州客运中心站', 'hangzhoukeyunzhongxinzhan', 'hzkyzxz', STATION),
  stop('330600001', '绍兴客运中心', 'shaoxingkeyunzhongxin', 'sxkyzx', '330600001'),
  stop('330604101', '上虞', 'shangyu', 'sy'),
  stop('330200101', '宁波', 'ningbo', 'nb'),
  stop('330382101', '乐清', 'yueqing', 'yq'),
]);

/** Time of writing of a file that was finished long ago, and of one that somebody is writing whenever the test runs. */
const LONG_AGO: EpochMs = Date.UTC(2020, 0, 1);
export const BEING_WRITTEN: EpochMs = Date.UTC(2100, 0, 1);

/** A folder of a test's own that other programs write to. */
export class TemporaryFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(tmpdir(), 'lianpiao-legacy-')));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Text is written in GB18030, as a legacy program does. */
  async write(name: string, content: string | Uint8Array, writtenAt: EpochMs = LONG_AGO): Promise<void> {
    await writeFile(this.file(name), typeof content === 'string' ? iconv.encode(content, 'gb18030') : content);
    await utimes(this.file(name), writtenAt / 1000, writtenAt / 1000);
  }

  async writeUtf8(name: string, content: string, writtenAt?: EpochMs): Promise<void> {
    await this.write(name, Buffer.from(content, 'utf8'), writtenAt);
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.file(from), this.file(to));
  }

  async remove(name = ''): Promise<void> {
    await rm(this.file(name), { recursive: true, force: true });
  }
}
