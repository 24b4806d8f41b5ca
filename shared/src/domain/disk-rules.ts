/**
 * The journal is the licence to sell: without room for it nothing is sold (station-link: what a sender needs). Judged before
 * money is taken, so that what has been paid for can still be written.
 */
export type DiskReading = {
  /** Weight of the rows that no peer has acknowledged. */
  readonly queuedBytes: number;
  /** What is left on the volume of the database. */
  readonly freeBytes: number;
  /** The database took a row. */
  readonly writable: boolean;
};
export type DiskLimits = { readonly quotaBytes: number; readonly reserveBytes: number };
export type DiskShort = 'disk.queue-full' | 'disk.space-short' | 'store.not-writable';
/** `short`: nothing may be sold. `filling`: a person has to act before that. */
export type DiskVerdict = { readonly short: DiskShort | null; readonly filling: boolean };

const MEBIBYTE = 2 ** 20;
/** About seven million tickets. */
const QUOTA_BYTES = 2048 * MEBIBYTE;
/** Kept free for what is already under way: boardings, payouts, the other side's facts, the write-ahead log, a checkpoint. */
const RESERVE_BYTES = 256 * MEBIBYTE;
export const DISK_LIMITS: DiskLimits = { quotaBytes: QUOTA_BYTES, reserveBytes: RESERVE_BYTES };
/** Share of a limit from which on a person is told. */
const ALARM_SHARE = 0.7;

export function judgeDisk({ queuedBytes, freeBytes, writable }: DiskReading, limits: DiskLimits): DiskVerdict {
  const { quotaBytes, reserveBytes } = limits;
  const filling = queuedBytes >= ALARM_SHARE * quotaBytes || ALARM_SHARE * freeBytes < reserveBytes;
  if (!writable) return { short: 'store.not-writable', filling: true };
  if (queuedBytes >= quotaBytes) return { short: 'disk.queue-full', filling };
  return { short: freeBytes < reserveBytes ? 'disk.space-short' : null, filling };
}
