import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isTimeZone } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';
import { alone, templateFile } from './alone/alone.ts';
import { fileDrop } from './file-drop/file-drop.ts';
import { readMapping } from './file-drop/mapping.ts';
import { gtfs } from './gtfs/gtfs.ts';
import { gtfsOptions } from './gtfs/options.ts';
import type { LegacySource } from './port.ts';
import type { StopDirectory } from './stop-directory.ts';

const path = z.string().min(1).max(400);

/** The part of an agent's configuration that says where its timetable comes from. Paths are relative to the configuration. */
export const sourceConfig = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file-drop'), folder: path, mapping: path }),
  z.strictObject({ kind: z.literal('gtfs'), path, options: gtfsOptions.prefault({}) }),
  z.strictObject({
    kind: z.literal('alone'),
    templates: path,
    zone: z.string().refine(isTimeZone, 'not a time zone').default('Asia/Shanghai'),
    ceilingFen: z.int().min(1).max(10_000_000).default(200_000),
  }),
]);

export type SourceConfig = z.infer<typeof sourceConfig>;

export type SourcePlace = {
  /** Folder that the paths of the configuration are relative to. */
  readonly folder: string;
  readonly station: string;
  readonly directory: StopDirectory;
};

/** Opens the source that a configuration names. Throws a `Fault` where its mapping is missing or invalid. */
export async function openSource(
  config: SourceConfig,
  { folder, station, directory }: SourcePlace,
): Promise<LegacySource> {
  switch (config.kind) {
    case 'file-drop': {
      const mapping = readMapping(await textOf(resolve(folder, config.mapping)));
      return fileDrop({ folder: resolve(folder, config.folder), mapping, place: { station, directory } });
    }
    case 'gtfs':
      return gtfs({ path: resolve(folder, config.path), station, directory, options: config.options });
    case 'alone': {
      const ceiling = { fen: config.ceilingFen, fenPerKm: null };
      const templates = templateFile(resolve(folder, config.templates));
      return alone({ templates, station, directory, zone: config.zone, ceiling });
    }
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Fault('legacy.mapping-missing', 'the mapping of the drop folder cannot be read', {
      hint: '文件对照表读不到：检查配置中的路径和权限',
      retryable: false,
      cause,
      facts: { file },
    });
  }
}
