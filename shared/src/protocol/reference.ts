import { z } from 'zod';

/**
 * Data sets that every station keeps a copy of, by pull (station-link: reference data). A new one is an entry here, its rows
 * at the hub (hub/src/reference/sources) and, where more than a look-up is wanted, its table at the agent
 * (agent/src/reference/keep-sets).
 *
 * `row` is additive, as facts are; `key` names a row within its set. `each`: every station has rows of its own.
 */
export const REFERENCE_SETS = {
  /** Public SM2 keys that tickets are signed with, revoked ones too: for the gates. */
  'ticket-keys': {
    each: false,
    row: z.object({
      keyNo: z.int().min(1).max(65535),
      owner: z.string().max(9),
      publicKey: z.string().regex(/^04[0-9a-f]{128}$/),
      revoked: z.boolean(),
    }),
    key: (row: { readonly keyNo: number }) => String(row.keyNo),
  },
  /** Rule sets with their validity (domain/rules): `body` is the whole set. */
  rules: {
    each: false,
    row: z.object({
      version: z.string().regex(/^[!-~]{1,40}$/),
      validFrom: z.int().min(0),
      validTo: z.int().min(0).nullable(),
      body: z.looseObject({}),
    }),
    key: (row: { readonly version: string }) => row.version,
  },
  /** Standing orders: how many seats of each trip of a line the hub gets from the station, and when it asks for more. */
  allotments: {
    each: true,
    row: z.object({
      line: z.string().regex(/^[!-~]{1,24}$/),
      seats: z.int().min(0).max(80),
      lowWater: z.int().min(0).max(80),
    }),
    key: (row: { readonly line: string }) => row.line,
  },
} as const satisfies Record<string, { each: boolean; row: z.ZodType; key: (row: never) => string }>;

export type SetName = keyof typeof REFERENCE_SETS;
export type RowOf<Name extends SetName> = z.infer<(typeof REFERENCE_SETS)[Name]['row']>;
export const SET_NAMES = Object.keys(REFERENCE_SETS) as readonly SetName[];

export function isSetName(text: string): text is SetName {
  return Object.hasOwn(REFERENCE_SETS, text);
}

/** Longest text of one row, and of the rows of one message, in bytes: a frame stays below 16 KiB on a slow line. */
export const ROW_BYTES_MAX = 10_000;
export const PART_BYTES_MAX = 12_000;
