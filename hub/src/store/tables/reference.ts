import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** Data sets that stations pull. `station` is whose rows they are; empty where all stations have the same. */
export function referenceTables({ table, text, int }: ColumnKit) {
  /** What the newest version holds. `body` is JSON text, kept byte for byte. */
  const refRows = table('ref_rows', {
    set: text('set_name').notNull(),
    station: text('station').notNull(),
    key: text('row_key').notNull(),
    body: text('body').notNull(),
  });

  /** `hash` is of the whole set at that version. */
  const refVersions = table('ref_versions', {
    set: text('set_name').notNull(),
    station: text('station').notNull(),
    version: int('version').notNull(),
    hash: text('hash').notNull(),
    at: int('at').notNull(),
  });

  /** What a version changed; a null body is a row that it took away. */
  const refChanges = table('ref_changes', {
    set: text('set_name').notNull(),
    station: text('station').notNull(),
    version: int('version').notNull(),
    key: text('row_key').notNull(),
    body: text('body'),
  });

  return { refRows, refVersions, refChanges };
}
