import type { ColumnKit } from '../column-kit.ts';
import { inventoryTables } from './inventory.ts';
import { journalTables } from './journal.ts';
import { ticketingTables } from './ticketing.ts';

/** The tables that agent and hub have in common. */
export function sharedTables(kit: ColumnKit) {
  return { ...inventoryTables(kit), ...ticketingTables(kit), ...journalTables(kit) };
}

export type SharedTables = ReturnType<typeof sharedTables>;
