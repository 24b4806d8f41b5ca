import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { readTable } from '../csv/read-table.ts';
import { readingOf } from '../plan/dated-trips.ts';
import { tripNumbers } from '../plan/trip-numbers.ts';
import type { LegacySource, ServiceWindow, SourceReading } from '../port.ts';
import { SetAsideList } from '../set-aside.ts';
import { DropFolder, type FoundFile } from './drop-folder.ts';
import type { Mapping } from './mapping.ts';
import { type FilePlans, planFile, wholeFile } from './plan-file.ts';
import type { StationPlace } from './read-place.ts';

export type FileDropOptions = { readonly folder: string; readonly mapping: Mapping; readonly place: StationPlace };

/** The last whole state of a file that was seen. */
type Kept = { readonly stamp: string; readonly plans: FilePlans; readonly goneSince: EpochMs | null };

/** A file that is being replaced may be missing for a moment; its trips stay that long. */
const GONE_MS = 1000;

/**
 * Timetables from files that a legacy program drops into a folder, read by a mapping.
 *
 * A file that is being written counts as what it was before, so a reading never shows half a file; a file that has gone
 * takes its trips with it.
 */
export function fileDrop({ folder, mapping, place }: FileDropOptions): LegacySource {
  const drop = new DropFolder(folder, mapping.files);
  let kept: ReadonlyMap<string, Kept> | null = null;

  async function plansOf(file: FoundFile): Promise<Kept | null> {
    const fresh = { stamp: file.stamp, goneSince: null };
    if (file.size > mapping.limits.fileBytes) {
      return { ...fresh, plans: wholeFile(file.name, 'file.too-large', `${file.size}`) };
    }
    const limits = {
      rowsMax: mapping.limits.rows,
      lineBytesMax: mapping.limits.lineBytes,
      columnsMax: mapping.limits.columns,
    };
    const table = await drop.read(file, (chunks) => readTable(chunks, mapping, limits));
    return table && { ...fresh, plans: planFile(file.name, table, mapping, place) };
  }

  /** The newest whole state of every file. */
  async function refresh(now: EpochMs): Promise<Map<string, Kept>> {
    const found = (await drop.look(now)).slice(0, mapping.limits.files);
    const next = new Map<string, Kept>();
    for (const [name, before] of kept ?? []) {
      const goneSince = found.some((file) => file.name === name) ? null : (before.goneSince ?? now);
      if (goneSince === null || now - goneSince < GONE_MS) next.set(name, { ...before, goneSince });
    }
    for (const file of found) {
      if (!file.settled || next.get(file.name)?.stamp === file.stamp) continue;
      const fresh = await plansOf(file);
      if (fresh) next.set(file.name, fresh);
    }
    return next;
  }

  return {
    name: 'file-drop',

    async changed(now: EpochMs): Promise<boolean> {
      const found = (await drop.look(now)).slice(0, mapping.limits.files);
      if (!kept) return true;
      const before = kept;
      const gone = [...before.keys()].some((name) => !found.some((file) => file.name === name));
      return gone || found.some((file) => file.settled && before.get(file.name)?.stamp !== file.stamp);
    },

    async read(window: ServiceWindow, now: EpochMs): Promise<SourceReading> {
      const files = await refresh(now);
      kept = files;
      const aside = new SetAsideList();
      const names = [...files.keys()].sort();
      for (const name of names) aside.addAll(files.get(name)!.plans.aside);
      const plans = names.flatMap((name) => files.get(name)!.plans.plans);
      const numbers = tripNumbers(plans.map((plan) => plan.sourceNo));
      const numbered = plans.map((plan) => ({ ...plan, tripNo: numbers.get(plan.sourceNo)! }));
      const rules = { origin: place.station, startsHere: mapping.startsHere, ceiling: mapping.ceiling };
      return readingOf(numbered, rules, aside, [], window, now);
    },
  };
}
