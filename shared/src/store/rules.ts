import { and, gt, isNull, lte, or } from 'drizzle-orm';
import { DEFAULT_RULES, type RuleSet } from '../domain/rules.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { statement, value } from './statement.ts';
import type { Reader } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

const valid = statement((db, t: SharedTables) =>
  db
    .select({ validFrom: t.rules.validFrom, body: t.rules.body })
    .from(t.rules)
    .where(and(lte(t.rules.validFrom, value('at')), or(isNull(t.rules.validTo), gt(t.rules.validTo, value('at'))))),
);

/** The rule set in force at that moment: the youngest that has begun, else the one that ships with the product. */
export async function rulesAt(on: Reader<SharedTables>, at: EpochMs): Promise<RuleSet> {
  const rows = await valid(on, { at });
  const newest = rows.reduce<(typeof rows)[number] | undefined>(
    (best, row) => (best && best.validFrom > row.validFrom ? best : row),
    undefined,
  );
  return newest ? (JSON.parse(newest.body) as RuleSet) : DEFAULT_RULES;
}
