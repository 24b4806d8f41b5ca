import { eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { SaleStopCause } from './sale-stops.ts';

/** One cause is over; another one may still stop the station. */
export async function resumeSelling(tx: AgentTx, cause: SaleStopCause): Promise<void> {
  const { saleStops } = tx.t;
  await tx.db.delete(saleStops).where(eq(saleStops.cause, cause));
}
