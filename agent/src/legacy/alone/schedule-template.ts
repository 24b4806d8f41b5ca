import { fen } from '@lianpiao/shared/domain/money';
import { seatPlan } from '@lianpiao/shared/domain/seat-label';
import { type ServiceDate, serviceDate } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';
import type { TripPlan } from '../plan/trip-plan.ts';
import type { SetAsideList } from '../set-aside.ts';
import type { StopDirectory } from '../stop-directory.ts';

const day = z
  .string()
  .refine((text) => /^\d{8}$/.test(text) && serviceDate(text).ok, 'not a date')
  .transform((text) => text as ServiceDate);
const minutes = z.int().min(0).max(4319);
const priceYuan = z.number().min(0).max(100_000).nullable();

/** 班次(时刻定义): a trip that recurs, as a station without a legacy system keeps it. */
export const scheduleTemplate = z.strictObject({
  tripNo: z.string().regex(/^[A-Za-z0-9]{1,16}$/),
  note: z.string().max(200).optional(),
  /** 1 = Monday … 7 = Sunday. */
  weekdays: z.array(z.int().min(1).max(7)).max(7),
  validFrom: day,
  validTo: day,
  /** Single days on which it runs as well, and on which it does not. */
  alsoOn: z.array(day).max(400).default([]),
  notOn: z.array(day).max(400).default([]),
  line: z.string().max(24).default(''),
  carrier: z.string().min(1).max(40),
  vehicleClass: z.string().max(24).default(''),
  kind: z.enum(['regular', 'extra']).default('regular'),
  nature: z.enum(['fixed', 'flow']).default('fixed'),
  gate: z.string().max(8).default(''),
  seats: z.union([z.int().min(1).max(80), z.array(z.string().min(1).max(8)).min(1).max(80)]),
  /** Minutes of the service day at the first stop. */
  departs: minutes,
  /** `after` is minutes from the departure, `waits` how long the coach stands, `km` from the first stop. */
  stops: z
    .array(
      z.strictObject({
        stop: z.string().min(1).max(24),
        after: minutes,
        waits: z.int().min(0).max(240).default(0),
        km: z.int().min(0).max(10_000),
      }),
    )
    .min(2)
    .max(49),
  /** Prices in yuan from each stop but the last to every later one; null where nothing is sold. */
  fares: z.array(z.array(priceYuan).min(1).max(48)).min(1).max(48),
});

export type ScheduleTemplate = z.infer<typeof scheduleTemplate>;

const templateFile = z.strictObject({
  note: z.string().max(2000).optional(),
  templates: z.array(scheduleTemplate).max(5000),
});

/** Reads a file of templates. Throws `legacy.templates-invalid` with the place of the mistake. */
export function readTemplates(json: string): ScheduleTemplate[] {
  const parsed = templateFile.safeParse(jsonOf(json));
  if (parsed.success) return parsed.data.templates;
  throw new Fault('legacy.templates-invalid', 'the schedule templates cannot be used', {
    hint: '班次模板文件有误：按提示改正，改好后会自动重读，在此之前沿用已导入的班次',
    retryable: true,
    facts: { problem: z.prettifyError(parsed.error).slice(0, 800) },
  });
}

/** The plan of a template; null, with the reason in `aside`, where its stops or prices do not fit. Line n is template n, from 1. */
export function planOfTemplate(
  template: ScheduleTemplate,
  line: number,
  { directory, zone, aside }: { directory: StopDirectory; zone: string; aside: SetAsideList },
): TripPlan | null {
  const file = 'templates';
  const places = template.stops.map(({ stop }) => directory.byCode(stop) ?? directory.byName(stop));
  const unknown = places.indexOf(undefined);
  if (unknown !== -1) {
    const flaw = { reason: 'row.stop-unknown', line, field: 'stop', raw: template.stops[unknown]!.stop } as const;
    aside.add(file, flaw, [line], template.tripNo);
    return null;
  }
  const full = template.fares.flat().map((yuan) => (yuan === null ? null : fen(Math.round(yuan * 100))));
  const triangular = template.fares.every((row, index) => row.length === template.stops.length - 1 - index);
  if (!triangular || template.fares.length !== template.stops.length - 1) {
    const flaw = { reason: 'row.fare-missing', line, field: 'fares', raw: `${full.length}` } as const;
    aside.add(file, flaw, [line], template.tripNo);
    return null;
  }
  return {
    file,
    lines: [line],
    sourceNo: template.tripNo,
    tripNo: template.tripNo,
    calendar: {
      weekdays: new Set(template.weekdays),
      from: template.validFrom,
      to: template.validTo,
      added: new Set(template.alsoOn),
      removed: new Set(template.notOn),
    },
    zone,
    lineCode: template.line,
    carrier: template.carrier,
    vehicleClass: template.vehicleClass,
    kind: template.kind,
    nature: template.nature,
    gate: template.gate,
    stops: template.stops.map(({ after, waits, km }, index) => {
      const { code, name, station } = places[index]!;
      const arrives = template.departs + after;
      return { place: { code, name, station }, arrives, departs: arrives + waits, km, fareFen: null, line };
    }),
    seats: typeof template.seats === 'number' ? seatPlan(template.seats) : template.seats,
    fares: { kind: 'pairs', full },
  };
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
