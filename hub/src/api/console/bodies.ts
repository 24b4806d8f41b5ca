import { ticketView } from '@lianpiao/shared/protocol/ticketing';
import { z } from 'zod';

/**
 * Bodies of the operations console: routes, OpenAPI document and screens use these schemas. No answer names a passenger:
 * names, documents, phones and pickup codes are masked where they are shown at all.
 */
const at = z.int();
const fen = z.int();
const count = z.int().min(0);

/** Rows of one page. `next` goes into `after` of the next request; null on the last page. `total` counts every page. */
const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ rows: z.array(row), next: z.string().nullable(), total: count });
export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null; readonly total: number };

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(120).optional(),
});

export const credentials = z.object({ user: z.string().trim().min(1).max(40), password: z.string().min(1).max(128) });
export const session = z.object({
  user: z.string(),
  name: z.string(),
  role: z.string(),
  may: z.array(z.string()),
  /** Roles by permission, so that a screen can say who may. */
  who: z.record(z.string(), z.array(z.string())),
  zone: z.string(),
  now: at,
});
export type Session = z.infer<typeof session>;

/**
 * A station on the live board. `lagEvents`: events that it has and the hub has not. `queued`: rows that it waits to have
 * confirmed, by its last heartbeat. `queuedHere`: ours that it has not confirmed.
 */
export const stationRow = z.object({
  code: z.string(),
  name: z.string(),
  grade: z.int(),
  state: z.enum(['expected', 'enrolled', 'retired']),
  link: z.enum(['online', 'late', 'offline', 'stopped', 'never']),
  lastWordAt: at.nullable(),
  lagEvents: count,
  lagMs: z.int().nullable(),
  queued: count,
  queuedHere: count,
  clockOffsetMs: z.int().nullable(),
  parked: count,
  tripsToday: count,
  soldToday: count,
  soldTodayFen: fen,
  agentVersion: z.string().nullable(),
  /** How long its program runs, and what its line carried when it was full: told once a minute. */
  upMs: count.nullable(),
  bytesPerSecond: count.nullable(),
  stopped: z.string().nullable(),
});
export const boardingShare = z.object({
  station: z.string().regex(/^\d{9}$/),
  /** A line, or `*` for every line that calls there. */
  line: z.string().min(1).max(24),
  seats: z.int().min(0).max(80),
});
export type StationRow = z.infer<typeof stationRow>;
export const board = z.object({
  now: at,
  /** When trips and sales were counted. */
  countedAt: at,
  stations: z.array(stationRow),
  /** Sold today through the hub's own channels. */
  hubSoldToday: count,
  hubSoldTodayFen: fen,
  openAlarms: count,
});
export type Board = z.infer<typeof board>;

export const stationInput = z.object({
  code: z.string().regex(/^\d{9}$/),
  name: z.string().trim().min(2).max(40),
  grade: z.int().min(1).max(5),
});
/** `homes`: tickets that change at the hub from here on; `notSent`: rows that the station last had waiting, which stay with it. */
export const retireInput = z.object({ code: z.string().regex(/^\d{9}$/) });
export const retiredStation = z.object({ code: z.string(), homes: z.int(), notSent: z.int() });
export const stationToken = z.object({ code: z.string(), token: z.string(), expiresAt: at });
export type StationToken = z.infer<typeof stationToken>;

export const parkedRow = z.object({
  station: z.string(),
  stationName: z.string(),
  agg: z.string(),
  seq: z.int(),
  type: z.string(),
  code: z.string(),
  reason: z.string(),
  /** When the event happened, by the clock of its writer. */
  since: at,
  waiting: count,
});
export type ParkedRow = z.infer<typeof parkedRow>;
export const parkedPage = pageOf(parkedRow);
export const replayInput = z.object({ station: z.string().regex(/^\d{9}$/), agg: z.string().min(1).max(80) });

const owned = z.object({ owned: count, free: count, held: count, sold: count });
export const tripRow = z.object({
  tripId: z.string(),
  tripNo: z.string(),
  serviceDate: z.string(),
  departs: z.string(),
  departsAt: at,
  origin: z.string(),
  originName: z.string(),
  terminalName: z.string(),
  stops: count,
  seats: count,
  state: z.string(),
  sold: count,
  boarded: count,
  /** Seats free for the whole trip, by owner. The station's as far as it has told. */
  remaining: z.object({ station: count, hub: count }),
  /** Seats × legs, by owner; `underWay` belong to nobody until they arrive. */
  station: owned,
  hub: owned,
  underWay: count,
});
export type TripRow = z.infer<typeof tripRow>;
export const tripPage = pageOf(tripRow);
export const tripQuery = pageQuery.extend({
  date: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  station: z
    .string()
    .regex(/^\d{9}$/)
    .optional(),
  q: z.string().trim().max(40).optional(),
});

export const cell = z.object({
  owner: z.enum(['station', 'hub', 'underWay']),
  state: z.enum(['free', 'held', 'sold', 'boarded', 'freed', 'blocked']),
  ticketNo: z.string().nullable(),
});
export type Cell = z.infer<typeof cell>;
const legOwner = z.object({ free: count, held: count, sold: count, other: count });
export const tripDetail = z.object({
  trip: tripRow.extend({
    carrier: z.string(),
    vehicleClass: z.string(),
    lineCode: z.string(),
    gate: z.string(),
    epoch: z.int(),
    zone: z.string(),
  }),
  stops: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      station: z.string().nullable(),
      arrives: z.string(),
      departs: z.string(),
      km: z.int(),
      departedAt: at.nullable(),
      boarded: count,
      forfeited: count,
      vehicle: z.string().nullable(),
    }),
  ),
  legs: z.array(z.object({ from: z.string(), to: z.string(), station: legOwner, hub: legOwner, underWay: count })),
  seats: z.array(z.object({ seat: z.string(), cells: z.array(cell) })),
  /** What must hold of this picture, computed from what the hub has. */
  checks: z.object({ oneTicketALeg: z.boolean(), soldIsOwned: z.boolean(), seatLegs: count }),
  transfers: z.array(
    z.object({
      at,
      direction: z.string(),
      peer: z.string(),
      seat: z.string(),
      from: z.int(),
      to: z.int(),
      arrived: z.boolean(),
    }),
  ),
  tickets: z.array(ticketView),
  /** Word of the origin station that this picture stands on; null when it was never heard. */
  asOf: at.nullable(),
  now: at,
});
export type TripDetail = z.infer<typeof tripDetail>;
