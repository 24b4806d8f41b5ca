import type { Fen } from '@lianpiao/shared/domain/money';
import type { PlanStop, TripPlan } from '../plan/trip-plan.ts';
import type { Flaw, SetAsideList, SetAsideReason } from '../set-aside.ts';
import type { StopPlace } from '../stop-directory.ts';
import type { StopRowsMapping } from './mapping.ts';
import { runningTimes } from './plan-clock.ts';
import { type MappedRow, readField } from './read-field.ts';
import { readPlace, type StationPlace } from './read-place.ts';
import { headDigest, readTripHead, type TripHead } from './read-trip-head.ts';
import { readKm, readMoney, readSeq, readTime } from './read-values.ts';
import { RowReader } from './row-reader.ts';

type StopRow = {
  readonly line: number;
  readonly raw: string;
  readonly head: TripHead;
  readonly seq: number;
  readonly place: StopPlace;
  readonly arrives: number | null;
  readonly departs: number | null;
  readonly km: number | null;
  readonly fareFen: Fen | null;
};

/** Rows of one trip; `lines` are those of the flawed ones too. */
type Group = { readonly number: string; readonly rows: StopRow[]; readonly lines: number[]; readonly flaws: Flaw[] };

/** A line that could not be cut into the right number of cells. */
export type TornLine = { readonly flaw: Flaw; readonly mapped: MappedRow };

/**
 * Trips of a file with one row per stop. Rows of one number and one day (or set of weekdays) are a trip, wherever they
 * stand in the file. A trip with a flawed row stays out whole: a coach cannot be sold past a stop that is not understood.
 */
export function planStopRows(
  rows: readonly MappedRow[],
  torn: readonly TornLine[],
  mapping: StopRowsMapping,
  place: StationPlace,
  aside: SetAsideList,
): TripPlan[] {
  const groups = new Map<string, Group>();
  /** Flawed rows of which not even the day is known: they may belong to any trip of their number. */
  const loose: { number: string; flaw: Flaw; line: number; file: string }[] = torn.map(({ flaw, mapped }) => {
    const number = readField(mapped, 'number', mapping.trip.number);
    return { number: number.ok ? number.text : '', flaw, line: mapped.row.line, file: mapped.file };
  });
  for (const mapped of rows) {
    const reader = new RowReader(mapped);
    const row = readStopRow(reader, mapping, place);
    const { sourceNo, calendar } = row.head;
    if (reader.flaw && (sourceNo === '' || reader.flaw.field === 'date')) {
      loose.push({ number: sourceNo, flaw: reader.flaw, line: row.line, file: mapped.file });
      continue;
    }
    const key = JSON.stringify([sourceNo, [...calendar.added]]);
    const group = groups.get(key) ?? { number: sourceNo, rows: [], lines: [], flaws: [] };
    groups.set(key, group);
    group.lines.push(row.line);
    if (reader.flaw) group.flaws.push(reader.flaw);
    else group.rows.push(row);
  }
  for (const { number, flaw, line, file } of loose) {
    const touched = [...groups.values()].filter((group) => number !== '' && group.number === number);
    for (const group of touched) group.lines.push(line);
    for (const group of touched) group.flaws.push(flaw);
    if (touched.length === 0) aside.add(file, flaw, line === 0 ? [] : [line], number === '' ? null : number);
  }
  const file = rows[0]?.file ?? '';
  return [...groups.values()].flatMap((group) => planOf(file, group, mapping, aside) ?? []);
}

function planOf(file: string, group: Group, mapping: StopRowsMapping, aside: SetAsideList): TripPlan | null {
  const rows = group.rows.toSorted((a, b) => a.seq - b.seq);
  const flaws = group.flaws.length > 0 ? group.flaws : flawsOf(rows, mapping);
  const head = rows[0]?.head;
  const lines = group.lines.toSorted((a, b) => a - b);
  for (const flaw of flaws) aside.add(file, flaw, lines, group.number);
  if (flaws.length > 0 || !head) return null;

  const times = runningTimes(rows, mapping.midnight);
  let km = 0;
  const stops = rows.map((row, index): PlanStop => {
    km = row.km ?? km;
    return { place: row.place, ...times[index]!, km, fareFen: row.fareFen, line: row.line };
  });
  return { ...head, file, lines, tripNo: head.sourceNo, zone: mapping.zone, stops, fares: mapping.fares };
}

/** What is wrong between rows that are each in order. */
function flawsOf(rows: readonly StopRow[], mapping: StopRowsMapping): Flaw[] {
  const first = rows[0];
  const priced = mapping.fares.kind === 'cumulative' && mapping.fares.missing === 'set-aside';
  const counted = mapping.row.seqGaps === 'set-aside';
  const flaw = (row: StopRow, reason: SetAsideReason, field: string): Flaw[] => [
    { reason, field, line: row.line, raw: row.raw },
  ];
  return rows.flatMap((row, index) => {
    const before = rows[index - 1]?.seq ?? Math.min(row.seq - 1, 0);
    if (index > 0 && row.seq === before) return flaw(row, 'row.seq-repeated', 'seq');
    if (counted && row.seq !== before + 1) return flaw(row, 'row.seq-gap', 'seq');
    if (first && headDigest(row.head) !== headDigest(first.head)) return flaw(row, 'row.trip-inconsistent', 'number');
    if (row.arrives === null && row.departs === null) return flaw(row, 'row.empty-field', 'departs');
    if (priced && index > 0 && row.fareFen === null) return flaw(row, 'row.fare-missing', 'fare');
    return [];
  });
}

function readStopRow(row: RowReader, mapping: StopRowsMapping, place: StationPlace): StopRow {
  const { seq, stop, arrives, departs, km, fare } = mapping.row;
  const time = (text: string) => readTime(text, mapping.times);
  const head = readTripHead(row, mapping);
  const seqNo = row.value('seq', seq, readSeq);
  if (seqNo === null) row.reject('row.seq-invalid', 'seq', row.mapped.row.raw);
  return {
    line: row.mapped.row.line,
    raw: row.mapped.row.raw,
    head,
    seq: seqNo ?? 0,
    place: readPlace(row, row.required('stop', stop), mapping, place),
    arrives: row.value('arrives', arrives, time),
    departs: row.value('departs', departs, time),
    km: row.value('km', km, readKm),
    fareFen: row.value('fare', fare, (text) => readMoney(text, mapping.money)),
  };
}
