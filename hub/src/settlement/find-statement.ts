import { asc, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { Statement } from './statement-of.ts';

/** A statement with what stands beside it: who the party is, and the hash under which it was given out. */
export type FoundStatement = {
  readonly statement: Statement;
  readonly hash: string;
  readonly partyName: string;
  readonly partyKind: string;
  readonly madeAt: number;
};

export type ListedStatement = {
  readonly number: string;
  readonly party: string;
  readonly partyName: string;
  readonly owedFen: number;
  readonly hash: string;
  readonly madeAt: number;
};

/** The statements of a period, by number. */
export async function listStatements(on: HubReader, periodId: string): Promise<ListedStatement[]> {
  const { statements, parties } = on.t;
  const rows = await on.db
    .select({
      number: statements.id,
      party: statements.party,
      name: parties.name,
      owedFen: statements.owedFen,
      hash: statements.hash,
      madeAt: statements.madeAt,
    })
    .from(statements)
    .leftJoin(parties, eq(parties.id, statements.party))
    .where(eq(statements.periodId, periodId))
    .orderBy(asc(statements.id));
  return rows.map(({ name, ...row }) => ({ ...row, partyName: name ?? row.party }));
}

/** A statement by its number. */
export async function findStatement(on: HubReader, number: string): Promise<FoundStatement | undefined> {
  const { statements, parties } = on.t;
  const [row] = await on.db.select().from(statements).where(eq(statements.id, number));
  if (!row) return undefined;
  const [party] = await on.db.select().from(parties).where(eq(parties.id, row.party));
  const { hash, madeAt } = row;
  const statement = JSON.parse(row.body) as Statement;
  return { statement, hash, madeAt, partyName: party?.name ?? row.party, partyKind: party?.kind ?? 'channel' };
}
