import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { RANGE_COUNT, rangeOf } from '@lianpiao/shared/domain/ticket-number';
import { givenRow, statement, value } from '@lianpiao/shared/store/statement';
import { emit } from '@lianpiao/shared/store/streams';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { numbersFloor } from './numbers-floor.ts';

/** Counters 001 to 010 and kiosks 101 to 105: what a station may open without asking. */
const TERMINALS = [...numbered(1, 10), ...numbered(101, 5)];

/** Serials that a terminal has left when it gets its next range: more than seven busy days of one counter. */
const LOW = 3000;

function numbered(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index).padStart(3, '0'));
}

const leased = statement((db, t: HubTables) =>
  db
    .select({
      terminal: t.numberLeases.terminal,
      end: sql<number>`max(${t.numberLeases.first} + ${t.numberLeases.count})`.as('end'),
      left: sql<number>`sum(${t.numberLeases.count} - ${t.numberLeases.used})`.as('left'),
    })
    .from(t.numberLeases)
    .where(eq(t.numberLeases.station, value('station')))
    .groupBy(t.numberLeases.terminal),
);

const count = statement((db, t: HubTables) =>
  db
    .update(t.numberLeases)
    .set({ used: sql`max(${t.numberLeases.used}, ${value('serial')} - ${t.numberLeases.first} + 1)` })
    .where(
      and(
        eq(t.numberLeases.station, value('station')),
        eq(t.numberLeases.terminal, value('terminal')),
        lte(t.numberLeases.first, value('serial')),
        gt(sql`${t.numberLeases.first} + ${t.numberLeases.count}`, value('serial')),
      ),
    ),
);

const lease = statement((db, { numberLeases }: HubTables) => db.insert(numberLeases).values(givenRow(numberLeases)));

/** By terminal, where the ranges of a station end, and how many serials of them are left. */
export async function leasedTo(tx: HubTx, station: string) {
  return new Map((await leased(tx, { station })).map((row) => [row.terminal, row]));
}

/**
 * Sees to it that each terminal of a station has numbers for days ahead, and tells the station what it leased. A serial is
 * never leased twice. `fresh`: a new range for every terminal, for a station that begins a new life.
 */
export async function leaseNumbers(tx: HubTx, station: string, now: EpochMs, fresh = false): Promise<void> {
  const known = await leasedTo(tx, station);
  const floor = await numbersFloor(tx);
  for (const terminal of TERMINALS) {
    const row = known.get(terminal);
    if (row && row.left >= LOW && !fresh) continue;
    const range = rangeOf(terminal, Math.max(row?.end ?? 0, floor) / RANGE_COUNT);
    await lease(tx, { station, ...range, used: 0, leasedAt: now });
    await emit(tx, { peer: station, type: 'numbers.leased', agg: `numbers-${terminal}`, fact: range }, now);
  }
}

/** Notes that a number has been used, and leases on where few are left. Numbers of another station are not counted. */
export async function countSerial(tx: HubTx, station: string, ticketNo: string, now: EpochMs): Promise<void> {
  if (!ticketNo.startsWith(station)) return;
  const terminal = ticketNo.slice(10, 13);
  const serial = Number(ticketNo.slice(13));
  await count(tx, { station, terminal, serial });
  if (serial % RANGE_COUNT >= RANGE_COUNT - LOW) await leaseNumbers(tx, station, now);
}
