import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { invariant } from '@lianpiao/shared/domain/invariant';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import { partyMovements } from './party-movements.ts';
import { keepJob } from './period-job.ts';
import { findPeriod } from './period-rows.ts';
import { sealStatement, statementOf } from './statement-of.ts';

/**
 * Job: a statement for each party of a closed period. One transaction a party: a crash leaves whole statements, and the
 * next run makes the missing ones. A repeat adds nothing and gives the same digest.
 *
 * @throws Fault `statement.differs` when a statement that was given out would come out otherwise now.
 */
export async function makeStatements(
  store: HubStore,
  periodId: string,
  now: EpochMs,
): Promise<{ readonly statements: number; readonly made: number; readonly digest: string }> {
  const period = await findPeriod(store.read, periodId);
  const closedAt = period?.closedAt ?? null;
  invariant(period && closedAt !== null, 'statements are made of a closed period', { periodId });
  const hashes: string[] = [];
  let made = 0;
  for (const [party, lines] of await partyMovements(store.read, periodId)) {
    const statement = statementOf({ ...period, closedAt }, party, hashes.length + 1, lines);
    const { body, hash } = sealStatement(statement);
    const { number: id, owedFen } = statement;
    const isNew = await store.transaction(async (tx) => {
      const { statements } = tx.t;
      const [kept] = await tx.db.select({ hash: statements.hash }).from(statements).where(eq(statements.id, id));
      if (kept && kept.hash !== hash) throw differs(id, kept.hash, hash);
      if (!kept) await tx.db.insert(statements).values({ id, periodId, party, owedFen, hash, body, madeAt: now });
      return !kept;
    });
    if (isNew) made += 1;
    hashes.push(hash);
  }
  const digest = sm3Hex(JSON.stringify(hashes));
  const facts = { statements: hashes.length };
  await store.transaction((tx) => keepJob(tx, { periodId, kind: 'statements', digest, facts }, now));
  return { statements: hashes.length, made, digest };
}

function differs(id: string, kept: string, hash: string): Fault {
  return new Fault('statement.differs', `statement ${id} would come out otherwise than it was given out`, {
    hint: '结算单与已出具的不一致：请勿付款，先核对账目。',
    retryable: false,
    facts: { id, kept, hash },
  });
}
