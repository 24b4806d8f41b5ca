import { z } from 'zod';

/**
 * Enrolment of a station: the agent shows a one-time token, and gets everything that proves it later. Its private keys never
 * leave it. `POST /enrol/v1` at the hub.
 */
export const enrolmentRequest = z.strictObject({
  token: z.string().min(16).max(128),
  /** Identity of the machine: only the enrolled one is admitted later. */
  installId: z.string().min(8).max(64),
  /** PKCS#10 request of the TLS client certificate, PEM. */
  csr: z.string().min(100).max(4000),
  /** SM2 public key that this station's tickets will be signed with, uncompressed, hexadecimal. */
  ticketPublicKey: z.string().regex(/^04[0-9a-f]{128}$/),
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

export const enrolmentAnswer = z.object({
  station: z.object({ code: z.string().regex(/^\d{9}$/), name: z.string(), grade: z.int().min(1).max(5) }),
  /** Client certificate of the station and the authority that signed it and the broker's, PEM. */
  certificate: z.string(),
  ca: z.string(),
  /** MAC key of the link, encrypted to `ticketPublicKey` (SM2, C1C3C2, base64url). */
  macKey: z.object({ keyNo: z.int(), sealed: z.string() }),
  ticketKeyNo: z.int().min(1).max(65535),
  /** `mqtts://host:port`, in the order of preference. */
  brokers: z.array(z.string()).min(1).max(4),
});
export type EnrolmentAnswer = z.infer<typeof enrolmentAnswer>;
