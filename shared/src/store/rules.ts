import { and, gt, isNull, lte, or } from 'drizzle-orm';
import { DEFAULT_RULES, type RuleSet, ruleSetAt } from '../domain/rules.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { statement, value } from './statement.ts';
import type { Reader, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

const valid = statement((db, t: SharedTables) =>
  db
    .select({ body: t.rules.body })
    .from(t.rules)
    .where(and(lte(t.rules.validFrom, value('at')), or(isNull(t.rules.validTo), gt(t.rules.validTo, value('at'))))),
);

/** The rule set in force at that moment: the youngest that has begun, else the one that ships with the product. */
export async function rulesAt(on: Reader<SharedTables> | Tx<SharedTables>, at: EpochMs): Promise<RuleSet> {
  const memo = 'memo' in on ? on.memo : undefined;
  const name = `rules/${at}`;
  const known = memo?.get(name) as RuleSet | undefined;
  if (known) return known;
  const rows = await valid(on, { at });
  const sets = rows.map(({ body }) => JSON.parse(body) as RuleSet);
  const rules = ruleSetAt([DEFAULT_RULES, ...sets], at);
  memo?.set(name, rules);
  return rules;
}

/** Takes a rule set over; it counts from its own `validFrom` on. The same version again is the same rules. */
export async function activateRules(tx: Tx<SharedTables>, rules: RuleSet): Promise<void> {
  const { version, validFrom, validTo } = rules;
  const row = { version, validFrom, validTo, body: JSON.stringify(rules) };
  await tx.db.insert(tx.t.rules).values(row).onConflictDoUpdate({ target: tx.t.rules.version, set: row });
  tx.memo.clear();
}
