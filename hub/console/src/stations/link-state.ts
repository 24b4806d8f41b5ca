import type { MarkKind } from '@lianpiao/shared/ui/status-mark.vue';
import type { StationRow } from '../../../src/api/console/bodies.ts';

type Link = StationRow['link'];

/** Shape and colour of each state of the link. */
export const LINK_MARKS: Record<Link, MarkKind> = {
  online: 'ok',
  late: 'warn',
  offline: 'off',
  stopped: 'bad',
  never: 'idle',
};

/** States in the order in which somebody must look at them. */
export const LINK_ORDER: readonly Link[] = ['stopped', 'offline', 'late', 'never', 'online'];

/** True for a station that somebody should look at. One that was never heard of is only expected. */
export function isAbnormal(row: StationRow): boolean {
  return row.link === 'stopped' || row.link === 'offline' || row.link === 'late' || row.parked > 0;
}

/** The worst first, then by name: the board reads from the top. */
export function byNeed(a: StationRow, b: StationRow): number {
  return LINK_ORDER.indexOf(a.link) - LINK_ORDER.indexOf(b.link) || b.parked - a.parked || a.code.localeCompare(b.code);
}
