import type { Flaw, SetAsideReason } from '../set-aside.ts';
import type { FieldSource } from './mapping.ts';
import { type MappedRow, readField } from './read-field.ts';
import type { Read } from './read-values.ts';

/**
 * Reads the fields of one row. The first thing that is wrong is kept in `flaw`, and reading goes on with empty values, so
 * that a reader of rows looks at `flaw` once, at its end. What was read from a flawed row is not used.
 */
export class RowReader {
  readonly mapped: MappedRow;
  flaw: Flaw | null = null;

  constructor(mapped: MappedRow) {
    this.mapped = mapped;
  }

  text(field: string, source: FieldSource | undefined): string {
    const read = readField(this.mapped, field, source);
    if (read.ok) return read.text;
    this.flaw ??= read.flaw;
    return '';
  }

  required(field: string, source: FieldSource): string {
    const text = this.text(field, source);
    if (text === '') this.reject('row.empty-field', field, this.mapped.row.raw);
    return text;
  }

  /** Null where the field is empty, or wrong. */
  value<Value>(field: string, source: FieldSource | undefined, read: (text: string) => Read<Value>): Value | null {
    return this.parsed(field, this.text(field, source), read);
  }

  parsed<Value>(field: string, text: string, read: (text: string) => Read<Value>): Value | null {
    if (text === '') return null;
    const value = read(text);
    if (value.ok) return value.value;
    this.reject(value.reason, field, text);
    return null;
  }

  reject(reason: SetAsideReason, field: string, raw: string): void {
    this.flaw ??= { reason, field, raw, line: this.mapped.row.line };
  }
}
