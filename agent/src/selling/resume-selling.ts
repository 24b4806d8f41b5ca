import { statement, value } from '@lianpiao/shared/store/statement';
import { eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import type { SaleStopCause } from './sale-stops.ts';

const end = statement((db, { saleStops }: AgentTables) =>
  db.delete(saleStops).where(eq(saleStops.cause, value('cause'))),
);

/** One cause is over; another one may still stop the station. */
export async function resumeSelling(tx: AgentTx, cause: SaleStopCause): Promise<void> {
  await end(tx, { cause });
}
