import { z } from 'zod';

/** What a feed does not say and a trip needs. Unknown keys are errors. */
export const gtfsOptions = z.strictObject({
  note: z.string().max(2000).optional(),
  /** Seats of a trip where the feed has no `seats` column in trips.txt. */
  seats: z.int().min(1).max(80).default(45),
  vehicleClass: z.string().max(24).default(''),
  /** Carrier by `agency_id`; an agency that is not here is its own carrier. */
  carriers: z.record(z.string(), z.string().min(1).max(40)).default({}),
  /** Fares follow from kilometres: coach feeds have none, or none that fit a coach. */
  fares: z
    .strictObject({
      bands: z
        .array(z.strictObject({ upToKm: z.int().min(1).nullable(), fenPerKm: z.int().min(1).max(1000) }))
        .min(1)
        .max(20)
        .default([
          { upToKm: 100, fenPerKm: 40 },
          { upToKm: 300, fenPerKm: 36 },
          { upToKm: null, fenPerKm: 30 },
        ]),
      minimumFen: z.int().min(0).max(100_000).default(500),
      roundToFen: z.int().min(1).max(10_000).default(100),
    })
    .prefault({}),
  ceiling: z
    .strictObject({
      fen: z.int().min(1).max(10_000_000).default(200_000),
      fenPerKm: z.int().min(1).max(1000).nullable().default(null),
    })
    .prefault({}),
  /** Unit of `shape_dist_traveled`, which the format leaves open. */
  distanceUnit: z.enum(['km', 'm']).default('km'),
  /** Roads are longer than the great circle; used where the feed has no distances. In hundredths. */
  detourPercent: z.int().min(100).max(300).default(125),
  /** A stop that the station's list does not have becomes one of its own, or keeps its trips out. */
  unknownStops: z.enum(['coin', 'set-aside']).default('coin'),
  startsHere: z.boolean().default(true),
  limits: z
    .strictObject({
      fileBytes: z
        .int()
        .min(1)
        .max(512 * 2 ** 20)
        .default(64 * 2 ** 20),
      rows: z.int().min(1).max(5_000_000).default(500_000),
    })
    .prefault({}),
});

export type GtfsOptions = z.infer<typeof gtfsOptions>;
