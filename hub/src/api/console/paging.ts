import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { and, asc, desc, eq, gt, lt, or, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Page } from './bodies.ts';

/** A place in a list that is ordered by a number and then by a text. */
export type Mark = { readonly at: number; readonly id: string };

/** Reads `after`. */
export function markOf(
  text: string | undefined,
): Outcome<Mark | undefined, { readonly code: 'body.malformed'; readonly where: string }> {
  if (text === undefined) return done(undefined);
  const [, at, id] = /^(\d{1,16})~(.{1,80})$/.exec(text) ?? [];
  return at && id ? done({ at: Number(at), id }) : refuse({ code: 'body.malformed', where: 'after' });
}

/** The rows behind a mark in a list ordered by `at` and `id`, upwards or downwards. */
export function behind(
  mark: Mark | undefined,
  at: SQLiteColumn,
  id: SQLiteColumn,
  way: 'up' | 'down',
): SQL | undefined {
  if (!mark) return undefined;
  const past = way === 'up' ? gt : lt;
  return or(past(at, mark.at), and(eq(at, mark.at), past(id, mark.id)));
}

/** The order that `behind` counts on. */
export function inOrder(at: SQLiteColumn, id: SQLiteColumn, way: 'up' | 'down'): SQL[] {
  const order = way === 'up' ? asc : desc;
  return [order(at), order(id)];
}

/** A page of rows that were read with one more than `limit`, so that it is known whether there is a next one. */
export function pageOf<Read, Row>(
  read: readonly Read[],
  limit: number,
  total: number,
  markOfRow: (row: Read) => Mark,
  rows: readonly Row[],
): Page<Row> {
  const last = read[limit - 1];
  const more = read.length > limit && last !== undefined;
  const { at, id } = more ? markOfRow(last) : { at: 0, id: '' };
  return { rows: rows.slice(0, limit), next: more ? `${at}~${id}` : null, total };
}

/** A pattern for what begins with `text` as it stands, with `\` as the escape. */
export function startPattern(text: string): string {
  return `${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
