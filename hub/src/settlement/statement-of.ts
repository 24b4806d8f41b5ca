import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { Movement, StatementComponent } from './party-movements.ts';
import type { PeriodRow } from './period-rows.ts';

export type StatementTotal = {
  readonly component: StatementComponent;
  readonly count: number;
  readonly amountFen: number;
};

/** 结算单 of one party for one period, as it is hashed and kept. It holds ids, no names: a name may change, the statement not. */
export type Statement = {
  readonly number: string;
  readonly periodId: string;
  readonly opensOn: string;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly party: string;
  readonly lines: readonly Movement[];
  readonly totals: readonly StatementTotal[];
  /** What we owe the party; negative when it owes us. */
  readonly owedFen: number;
};

/** The statement of a party from what moved on its account. `index` counts the parties of the period from 1. */
export function statementOf(
  period: PeriodRow & { readonly closedAt: number },
  party: string,
  index: number,
  lines: readonly Movement[],
): Statement {
  const { id: periodId, opensOn, openedAt, closedAt } = period;
  const totals = [...Map.groupBy(lines, (line) => line.component)].map(([component, group]) => ({
    component,
    count: group.reduce((sum, line) => sum + line.count, 0),
    amountFen: group.reduce((sum, line) => sum + line.amountFen, 0),
  }));
  const owedFen = totals.reduce((sum, total) => sum + total.amountFen, 0);
  const number = `${periodId}-${String(index).padStart(4, '0')}`;
  return { number, periodId, opensOn, openedAt, closedAt, party, lines, totals, owedFen };
}

/** The text that is kept, and its SM3. */
export function sealStatement(statement: Statement): { readonly body: string; readonly hash: string } {
  const body = JSON.stringify(statement);
  return { body, hash: sm3Hex(body) };
}
