import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import type { Hub } from '../hub.ts';
import type { StatementLine } from '../payments/payment-provider.ts';
import { isRestoring } from './restore-waits.ts';
import { forgetStatementDays, statementDaysDue } from './statement-days.ts';
import { whyHubNotSell } from './superseded.ts';
import { takeStatedPayment } from './take-stated-payment.ts';
import { takeStatedRefund } from './take-stated-refund.ts';

/**
 * What a restored hub has forgotten of its passengers' money stands in the provider's statement: each payment ends in tickets or
 * goes back, and what had gone back is not sent twice. Not before all stations were heard, since tickets come back from
 * them. Killed anywhere, the next round reads the same lines. Returns how many were read.
 */
export async function readStatements(hub: Hub, now: EpochMs): Promise<number> {
  const { read } = hub.store;
  const days = await statementDaysDue(read, now);
  if (days.length === 0 || (await whyHubNotSell(read)) || (await isRestoring(read))) return 0;

  const lines: StatementLine[] = [];
  try {
    for (const day of days) lines.push(...(await hub.provider.statement(day)));
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    hub.log('statement.not-read', { code: cause.code });
    return 0;
  }
  const refunds = lines.filter((line) => line.kind === 'refund');
  for (const line of lines) {
    if (line.kind !== 'payment') continue;
    const returned = refunds.filter(({ providerRef }) => providerRef === line.providerRef);
    await takeStatedPayment(
      hub,
      line,
      returned.reduce((sum, { amountFen }) => sum + amountFen, 0),
      now,
    );
  }
  for (const line of refunds) await takeStatedRefund(hub, line, now);
  await hub.store.transaction((tx) => forgetStatementDays(tx, now));
  return lines.length;
}
