import type { Table, TableRow } from '../csv/read-table.ts';
import type { TripPlan } from '../plan/trip-plan.ts';
import { SetAsideList } from '../set-aside.ts';
import type { FieldSource, Mapping } from './mapping.ts';
import { planStopRows } from './plan-stop-rows.ts';
import { planTripRows } from './plan-trip-rows.ts';
import { missingColumns } from './read-field.ts';
import type { StationPlace } from './read-place.ts';

/** What one file of the drop says. Trip numbers are as the file writes them until all files are known. */
export type FilePlans = { readonly plans: readonly TripPlan[]; readonly aside: SetAsideList };

/** Plans of a file that was read; a file that breaks a limit or lacks a column is set aside as a whole. */
export function planFile(file: string, table: Table, mapping: Mapping, place: StationPlace): FilePlans {
  if (table.tooLong) return wholeFile(file, 'file.too-many-rows', `> ${mapping.limits.rows}`);
  const lacking = missingColumns(sourcesOf(mapping), table.header);
  if (lacking.length > 0) return wholeFile(file, 'file.column-missing', lacking.join(' '));
  if (table.rows.length === 0 && table.flaws.length === 0) return wholeFile(file, 'file.empty', '');

  const aside = new SetAsideList();
  const columns = new Map(table.header.map((name, index) => [name, index]));
  const rows = withoutRepeats(file, table.rows, aside).map((row) => ({ file, row, columns }));
  if (mapping.form === 'stop-rows') {
    const torn = table.flaws.map((flaw) => ({ flaw, mapped: { file, columns, row: tornRow(flaw, mapping) } }));
    return { plans: planStopRows(rows, torn, mapping, place, aside), aside };
  }
  for (const flaw of table.flaws) aside.add(file, flaw, flaw.line === null ? [] : [flaw.line]);
  return { plans: planTripRows(rows, mapping, place, aside), aside };
}

/** A file of which nothing is used. */
export function wholeFile(
  file: string,
  reason: 'file.too-large' | 'file.too-many-rows' | 'file.column-missing' | 'file.empty',
  raw: string,
): FilePlans {
  const aside = new SetAsideList();
  aside.add(file, { reason, line: null, field: null, raw }, []);
  return { plans: [], aside };
}

/** A row that stands there twice says nothing new: the second one is reported and left out. */
function withoutRepeats(file: string, rows: readonly TableRow[], aside: SetAsideList): TableRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = row.cells.join('\u0001');
    const repeated = seen.has(key);
    if (repeated) aside.add(file, { reason: 'row.duplicate', line: row.line, field: null, raw: row.raw }, [row.line]);
    seen.add(key);
    return !repeated;
  });
}

/** The cells of a line that could not be cut properly: good enough to see which trip it belongs to. */
function tornRow(flaw: Table['flaws'][number], mapping: Mapping): TableRow {
  const cells = flaw.raw.replaceAll('"', '').split(mapping.delimiter);
  return { line: flaw.line ?? 0, raw: flaw.raw, cells: cells.map((cell) => cell.trim()) };
}

function sourcesOf(mapping: Mapping): FieldSource[] {
  const { row, trip } = mapping;
  const places =
    'seq' in row
      ? [row.seq, row.stop, row.arrives, row.departs, row.km, row.fare]
      : [row.start, row.departs, row.end, row.arrives, row.km, row.fare, row.via?.list];
  return [...Object.values(trip), ...places].filter((source) => source !== undefined);
}
