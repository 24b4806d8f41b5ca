import type { TableRow } from '../csv/read-table.ts';
import type { Flaw } from '../set-aside.ts';
import type { FieldSource } from './mapping.ts';

/** A row of a file with the places of its columns. */
export type MappedRow = {
  readonly file: string;
  readonly row: TableRow;
  readonly columns: ReadonlyMap<string, number>;
};

/** A field is text (perhaps empty), or wrong. */
export type Field = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly flaw: Flaw };

/** Longest text of a field: the longest that any of ours may be is 40, lists of seats and stops are longer. */
const FIELD_MAX = 2000;

/** What a decoder puts in the place of bytes that are no character, and what no field may contain. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
const UNREADABLE = /[\ufffd\u0000-\u001f\u007f]/;

/** The neutral field of a row: where the mapping says it is, with its transforms. Empty when the mapping has no source for it. */
export function readField({ file, row, columns }: MappedRow, name: string, source: FieldSource | undefined): Field {
  const flawed = (reason: Flaw['reason'], raw: string): Field => ({
    ok: false,
    flaw: { reason, line: row.line, field: name, raw },
  });
  if (!source) return { ok: true, text: '' };
  if ('value' in source) return { ok: true, text: source.value };
  if ('fileName' in source) {
    const { after, chars } = source.fileName;
    const at = file.indexOf(after);
    return { ok: true, text: at === -1 ? '' : file.slice(at + after.length, at + after.length + chars) };
  }
  const cell = row.cells[placeOf(source.column, columns)] ?? '';
  if (UNREADABLE.test(cell)) return flawed('row.text-broken', row.raw);
  if (cell.length > FIELD_MAX) return flawed('row.too-long', cell);
  const part = source.split ? (cell.split(source.split.at)[source.split.part - 1] ?? '').trim() : cell;
  const value = part === '' || source.empty.includes(part) ? (source.default ?? '') : part;
  if (!source.map || value === '') return { ok: true, text: value };
  const mapped = Object.hasOwn(source.map, value) ? source.map[value] : undefined;
  if (mapped === undefined && source.unmapped === 'set-aside') return flawed('row.code-unknown', value);
  return { ok: true, text: mapped ?? value };
}

/** The columns that sources name and a header does not have. */
export function missingColumns(sources: readonly FieldSource[], header: readonly string[]): string[] {
  return sources
    .flatMap((source) => ('column' in source && typeof source.column === 'string' ? [source.column] : []))
    .filter((name) => !header.includes(name));
}

function placeOf(column: string | number, columns: ReadonlyMap<string, number>): number {
  return typeof column === 'number' ? column - 1 : (columns.get(column) ?? -1);
}
