import { isTimeZone } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';

/**
 * The mapping of a drop folder: which files, how they are written, and which column means what. It is data, so that a new
 * legacy system needs a mapping and no program. Unknown keys are errors: a misspelt key must not be silently ignored.
 */

const text = z.string().min(1).max(80);
const separator = z.string().min(1).max(4);

/** Where a neutral field comes from. A bare string is the name of a column. */
const column = z.strictObject({
  /** Name in the header, or place from 1. */
  column: z.union([text, z.int().min(1).max(200)]),
  /** Takes one part of the cell: of `24.5/38`, split at `/`, part 1 is `24.5`. */
  split: z.strictObject({ at: separator, part: z.int().min(1).max(20) }).optional(),
  /** Cells that mean "nothing", beside the empty one. */
  empty: z.array(z.string().max(20)).max(10).default([]),
  /** Stands in where there is nothing. */
  default: z.string().max(80).optional(),
  /** Code list: what the source writes → what we write. */
  map: z.record(z.string(), z.string().max(80)).optional(),
  /** What happens to a value that the code list does not have. */
  unmapped: z.enum(['set-aside', 'keep']).default('set-aside'),
});
const source = z.union([
  text.transform((name) => column.parse({ column: name })),
  column,
  z.strictObject({ value: z.string().max(80) }),
  /** Part of the name of the file, as in `BC_20260601.csv`. */
  z.strictObject({ fileName: z.strictObject({ after: z.string().max(40), chars: z.int().min(1).max(20) }) }),
]);

const trip = z.strictObject({
  number: source,
  /** One service day … */
  date: source.optional(),
  /** … or weekdays, within a validity. */
  weekdays: source.optional(),
  validFrom: source.optional(),
  validTo: source.optional(),
  line: source.optional(),
  carrier: source,
  vehicleClass: source.optional(),
  kind: source.optional(),
  nature: source.optional(),
  gate: source.optional(),
  seatCount: source.optional(),
  seatLabels: source.optional(),
});

/** One row per stop of a trip. */
const stopRows = z.strictObject({
  seq: source,
  /** Numbers run 1, 2, 3 (or from 0), and a gap means that a row is lost; or only their order counts. */
  seqGaps: z.enum(['set-aside', 'allowed']).default('set-aside'),
  stop: source,
  arrives: source.optional(),
  departs: source.optional(),
  km: source.optional(),
  fare: source.optional(),
});

/** One row per trip: where it goes, and perhaps a list of stops in between. */
const tripRow = z.strictObject({
  /** The own station, where no column says otherwise. */
  start: source.optional(),
  departs: source,
  end: source,
  arrives: source.optional(),
  km: source.optional(),
  fare: source.optional(),
  via: z
    .strictObject({
      list: source,
      separator,
      partSeparator: separator.default(':'),
      /** What each item of the list says, in order; `minutes` count from the departure. */
      parts: z
        .array(z.enum(['stop', 'minutes', 'km', 'fare']))
        .min(1)
        .max(4),
    })
    .optional(),
  /** Reckons an arrival from kilometres where the file has none. */
  kmPerHour: z.int().min(10).max(120).default(60),
});

const minimumFen = z.int().min(0).max(100_000).default(100);

const shared = {
  version: z.literal(1),
  /** For the reader: what this maps and where it comes from. */
  note: z.string().max(2000).optional(),
  /** Names of files in the folder, with `*` and `?`. */
  files: z.array(text).min(1).max(10),
  encoding: z.enum(['gb18030', 'utf-8']),
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  quotes: z.boolean().default(true),
  headerRows: z.int().min(0).max(20).default(1),
  zone: z.string().refine(isTimeZone, 'not a time zone').default('Asia/Shanghai'),
  times: z.enum(['HH:mm', 'HHmm', 'minutes']).default('HH:mm'),
  dates: z.enum(['yyyyMMdd', 'yyyy-MM-dd', 'yyyy/MM/dd']).default('yyyyMMdd'),
  weekdays: z.enum(['flags', 'digits']).default('digits'),
  money: z.enum(['yuan', 'fen']).default('yuan'),
  seatSeparator: separator.default(' '),
  stops: z
    .strictObject({
      by: z.enum(['name', 'code']).default('name'),
      /** `coin` makes a stop of any name: only for places outside the network. */
      unknown: z.enum(['set-aside', 'coin']).default('set-aside'),
    })
    .prefault({}),
  /** A time that is earlier than the one before it is on the next day, when the leg is then no longer than this. */
  midnight: z
    .strictObject({ crosses: z.boolean().default(true), legMinutesMax: z.int().min(1).max(1439).default(720) })
    .prefault({}),
  startsHere: z.boolean().default(true),
  fares: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('cumulative'),
        minimumFen,
        /** A stop without a price: the whole trip stays out, or nothing is sold to and from that stop. */
        missing: z.enum(['set-aside', 'not-sold']).default('set-aside'),
      }),
      z.strictObject({
        kind: z.literal('kilometres'),
        minimumFen,
        roundToFen: z.int().min(1).max(10_000).default(100),
        bands: z
          .array(z.strictObject({ upToKm: z.int().min(1).nullable(), fenPerKm: z.int().min(1).max(1000) }))
          .min(1)
          .max(20),
      }),
    ])
    .prefault({ kind: 'cumulative' }),
  ceiling: z
    .strictObject({
      fen: z.int().min(1).max(10_000_000).default(200_000),
      fenPerKm: z.int().min(1).max(1000).nullable().default(null),
    })
    .prefault({}),
  limits: z
    .strictObject({
      fileBytes: z
        .int()
        .min(1)
        .max(64 * 2 ** 20)
        .default(16 * 2 ** 20),
      rows: z.int().min(1).max(500_000).default(100_000),
      lineBytes: z.int().min(16).max(65_536).default(8192),
      columns: z.int().min(1).max(500).default(200),
      files: z.int().min(1).max(1000).default(200),
    })
    .prefault({}),
  trip,
};

const mapping = z.discriminatedUnion('form', [
  z.strictObject({ ...shared, form: z.literal('stop-rows'), row: stopRows }),
  z.strictObject({ ...shared, form: z.literal('trip-rows'), row: tripRow }),
]);

export type FieldSource = z.infer<typeof source>;
export type Mapping = z.infer<typeof mapping>;
export type StopRowsMapping = Extract<Mapping, { form: 'stop-rows' }>;
export type TripRowsMapping = Extract<Mapping, { form: 'trip-rows' }>;

/** Reads a mapping. Throws `legacy.mapping-invalid` with the place of the mistake. */
export function readMapping(json: string): Mapping {
  const parsed = mapping.safeParse(jsonOf(json));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { trip, row } = parsed.data;
  if (!trip.date && !trip.weekdays) throw invalid('trip.date or trip.weekdays is required');
  if (!trip.seatCount && !trip.seatLabels) throw invalid('trip.seatCount or trip.seatLabels is required');
  if (parsed.data.fares.kind === 'cumulative' && !row.fare) throw invalid('row.fare is required for cumulative fares');
  return parsed.data;
}

function invalid(problem: string): Fault {
  return new Fault('legacy.mapping-invalid', 'the mapping of the drop folder cannot be used', {
    hint: '文件对照表有误：按提示改正 mapping.json 后重新启动',
    retryable: false,
    facts: { problem: problem.slice(0, 800) },
  });
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
