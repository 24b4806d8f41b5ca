import { eq } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** Another state or time of a station's enrolment, as its operators would bring it about. */
export async function changeStation(
  store: HubStore,
  code: string,
  changes: Partial<Pick<HubTables['stations']['$inferSelect'], 'state' | 'enrolledAt'>>,
): Promise<void> {
  await store.transaction((tx) => tx.db.update(tx.t.stations).set(changes).where(eq(tx.t.stations.code, code)));
}
