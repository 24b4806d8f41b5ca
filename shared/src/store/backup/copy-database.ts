import Sqlite from 'better-sqlite3';

/** Tables that a copy has, without their rows: month keys of personal data never lie beside the data that they open. */
const KEPT_APART = ['person_keys'];

/**
 * Writes what a database holds at this moment into a new file, while its process goes on writing. What is copied was
 * committed together; rows that are kept apart are not even in free pages of the copy.
 */
export function copyDatabase(from: string, to: string): void {
  const copy = new Sqlite(to);
  try {
    copy.pragma('journal_mode = OFF');
    copy.pragma('synchronous = OFF');
    copy.prepare('ATTACH ? AS live').run(from);
    copy.exec('BEGIN');
    const objects = copy
      .prepare(`SELECT type, name, sql FROM live.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
      .all() as { type: string; name: string; sql: string }[];
    const tables = objects.filter(({ type }) => type === 'table');
    for (const { sql } of tables) copy.exec(sql);
    for (const { name } of tables)
      if (!KEPT_APART.includes(name)) copy.exec(`INSERT INTO main."${name}" SELECT * FROM live."${name}"`);
    for (const { type, sql } of objects) if (type !== 'table') copy.exec(sql);
    copy.exec('COMMIT');
    copy.exec('DETACH live');
  } finally {
    copy.close();
  }
}
