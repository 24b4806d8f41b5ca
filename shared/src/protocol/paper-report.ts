import { z } from 'zod';

/**
 * What became of a paper that a kiosk was given to print (`POST /kiosk/v1/paper-reports`, the report's id as idempotency
 * key). The agent had marked the ticket as collected when it gave the paper out.
 *
 * `printed`: the printer itself said so. `unknown`: it may be complete, damaged or missing; nobody prints it again before
 * a person has looked. `withdrawn`: no byte of it left, and the kiosk will not print it any more.
 */
export const paperReport = z.object({
  ticketNo: z.string().regex(/^\d{20}$/),
  /** Null when the agent's answer never arrived: whether it has given the paper out is not known to the kiosk. */
  printSeq: z.int().min(0).nullable(),
  outcome: z.enum(['printed', 'unknown', 'withdrawn']),
  /** Why it is not printed: a code, such as `printer.out-of-paper`. */
  trouble: z.string().max(60).nullable(),
  /** Short code that the passenger was shown. */
  reference: z.string().max(16),
  at: z.int().min(0),
});
export type PaperReport = z.infer<typeof paperReport>;
