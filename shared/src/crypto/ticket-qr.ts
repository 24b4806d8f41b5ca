import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { MINUTES_MAX, type ServiceDate, serviceDate } from '../domain/service-day.ts';
import { type Sm2PublicKey, sm2Verify } from './sm2.ts';

/**
 * The text of a ticket's QR code, checked offline at the gate (inventory: ticket numbers and codes).
 *
 *   LP1.<key number>.<ticket number>.<trip>.<service date>.<departure>.<boarding stop>.<destination stop>.<seat>.<epoch>
 *   .<fare type>.<print sequence>.<signature>
 *
 * One line of ASCII. Departure is in minutes from the midnight of the service date. The signature is SM2 over everything
 * before its own dot, r‖s, base64url. There is one text for one ticket: numbers have no leading zeros, and whatever is
 * not exactly of this form is refused before any signature is computed.
 */
export type TicketQr = {
  readonly keyNo: number;
  readonly ticketNo: string;
  readonly tripId: string;
  readonly serviceDate: ServiceDate;
  /** Minutes from midnight, past 24:00 too. */
  readonly departs: number;
  readonly fromStop: string;
  readonly toStop: string;
  readonly seat: string;
  /** Version of the seat plan that `seat` belongs to. */
  readonly epoch: number;
  readonly fareType: string;
  /** Rises with each print, so that an older paper of the same ticket is recognised. */
  readonly printSeq: number;
};

export type QrRefusal =
  | { readonly code: 'qr.not-a-ticket' }
  | { readonly code: 'qr.newer-version' }
  | { readonly code: 'qr.malformed'; readonly field: string };
export type QrVerdict =
  | QrRefusal
  | { readonly code: 'qr.unknown-key'; readonly keyNo: number }
  | { readonly code: 'qr.forged'; readonly keyNo: number };

/** The longest code has 282 characters. Anything above this limit is not looked at. */
export const QR_TEXT_MAX = 400;

const VERSION = 'LP1';
const SIGNATURE_FORM = /^[A-Za-z0-9_-]{86}$/;

/** In the order of the code. Every text is within [A-Za-z0-9-], so that a dot always separates. */
const FIELDS = [
  { name: 'keyNo', fits: count(65_535) },
  { name: 'ticketNo', fits: form(/^\d{20}$/) },
  { name: 'tripId', fits: form(/^[A-Za-z0-9-]{1,48}$/) },
  { name: 'serviceDate', fits: (text) => /^\d{8}$/.test(text) && serviceDate(text).ok },
  { name: 'departs', fits: count(MINUTES_MAX) },
  { name: 'fromStop', fits: form(/^[A-Za-z0-9-]{1,24}$/) },
  { name: 'toStop', fits: form(/^[A-Za-z0-9-]{1,24}$/) },
  { name: 'seat', fits: form(/^[A-Za-z0-9-]{1,8}$/) },
  { name: 'epoch', fits: count(999_999_999) },
  { name: 'fareType', fits: form(/^[A-Za-z0-9-]{1,24}$/) },
  { name: 'printSeq', fits: count(9_999) },
] as const satisfies readonly { name: keyof TicketQr; fits: (text: string) => boolean }[];
const COUNTS: ReadonlySet<keyof TicketQr> = new Set(['keyNo', 'departs', 'epoch', 'printSeq']);

/** Writes and signs a code. `sign` gives r‖s, 64 bytes, by the key `fields.keyNo`. A field that does not fit the form is refused. */
export function encodeTicketQr(fields: TicketQr, sign: (signed: string) => Uint8Array): Outcome<string, QrRefusal> {
  const parts = FIELDS.map(({ name }) => String(fields[name]));
  const wrong = FIELDS.find((field, index) => !field.fits(parts[index]!));
  if (wrong) return refuse({ code: 'qr.malformed', field: wrong.name });
  const signed = [VERSION, ...parts].join('.');
  const signature = sign(signed);
  invariant(signature.length === 64, 'a signature is r and s, 64 bytes', { length: signature.length });
  return done(`${signed}.${Buffer.from(signature).toString('base64url')}`);
}

/** Reads a code without trusting it: the form is checked, the signature is not. */
export function parseTicketQr(text: string): Outcome<TicketQr, QrRefusal> {
  if (!/^LP\d/.test(text)) return refuse({ code: 'qr.not-a-ticket' });
  if (text.length > QR_TEXT_MAX) return refuse({ code: 'qr.malformed', field: 'length' });
  const parts = text.split('.');
  if (parts[0] !== VERSION) return refuse({ code: 'qr.newer-version' });
  if (parts.length !== FIELDS.length + 2) return refuse({ code: 'qr.malformed', field: 'count' });

  const wrong = FIELDS.find((field, index) => !field.fits(parts[index + 1]!));
  if (wrong) return refuse({ code: 'qr.malformed', field: wrong.name });
  if (!isSignature(parts.at(-1)!)) return refuse({ code: 'qr.malformed', field: 'signature' });

  const values = FIELDS.map(({ name }, index) => [
    name,
    COUNTS.has(name) ? Number(parts[index + 1]) : parts[index + 1],
  ]);
  return done(Object.fromEntries(values) as TicketQr);
}

/** Reads a code and checks its signature. `keyOf` gives the certified, not revoked key of that number, or undefined. */
export function verifyTicketQr(
  text: string,
  keyOf: (keyNo: number) => Sm2PublicKey | undefined,
): Outcome<TicketQr, QrVerdict> {
  const parsed = parseTicketQr(text);
  if (!parsed.ok) return parsed;
  const { keyNo } = parsed.value;
  const key = keyOf(keyNo);
  if (!key) return refuse({ code: 'qr.unknown-key', keyNo });
  const dot = text.lastIndexOf('.');
  const genuine = sm2Verify(text.slice(0, dot), Buffer.from(text.slice(dot + 1), 'base64url'), key);
  return genuine ? parsed : refuse({ code: 'qr.forged', keyNo });
}

function form(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}

function count(max: number): (text: string) => boolean {
  return (text) => /^(0|[1-9]\d{0,8})$/.test(text) && Number(text) <= max;
}

/** 64 bytes in their one spelling: the last digit of 86 carries 4 bits that must be zero. */
function isSignature(text: string): boolean {
  return SIGNATURE_FORM.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
}
