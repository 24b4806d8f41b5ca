import { readFile, stat } from 'node:fs/promises';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { readingOf } from '../plan/dated-trips.ts';
import type { FareCeiling } from '../plan/fare-rule.ts';
import type { LegacySource, ServiceWindow, SourceReading } from '../port.ts';
import { SetAsideList } from '../set-aside.ts';
import type { StopDirectory } from '../stop-directory.ts';
import { planOfTemplate, readTemplates, type ScheduleTemplate } from './schedule-template.ts';

/** Where the templates are kept: a file, or tables of the agent. `version` is cheap and another one after every change. */
export interface TemplateStore {
  version(): Promise<string>;
  all(): Promise<readonly ScheduleTemplate[]>;
}

export type AloneOptions = {
  readonly templates: TemplateStore;
  readonly station: string;
  readonly directory: StopDirectory;
  readonly zone: string;
  readonly ceiling: FareCeiling;
};

/** Timetables of a station that has no legacy system: its own recurring trips, set out for each day. */
export function alone({ templates, station, directory, zone, ceiling }: AloneOptions): LegacySource {
  let last: string | null = null;
  return {
    name: 'alone',

    async changed(): Promise<boolean> {
      return last === null || (await templates.version()) !== last;
    },

    async read(window: ServiceWindow, now: EpochMs): Promise<SourceReading> {
      // Asked before the templates: a change in between is then seen by the next look.
      const version = await templates.version();
      const all = await templates.all();
      const aside = new SetAsideList();
      const plans = all.flatMap((each, index) => planOfTemplate(each, index + 1, { directory, zone, aside }) ?? []);
      const reading = readingOf(plans, { origin: station, startsHere: true, ceiling }, aside, [], window, now);
      last = version;
      return reading;
    },
  };
}

/** Templates in a JSON file. */
export function templateFile(path: string): TemplateStore {
  const missing = (cause: unknown) =>
    new Fault('legacy.templates-missing', 'the file of schedule templates cannot be read', {
      hint: '班次模板文件读不到：检查路径和权限',
      retryable: true,
      cause,
      facts: { path },
    });
  return {
    async version(): Promise<string> {
      const found = await stat(path).catch((error: unknown) => {
        throw missing(error);
      });
      return `${found.size}/${found.mtimeMs}/${found.ctimeMs}`;
    },
    async all(): Promise<readonly ScheduleTemplate[]> {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        throw missing(error);
      });
      return readTemplates(text);
    },
  };
}
