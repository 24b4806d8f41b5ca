import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceDate } from '../domain/service-day.ts';
import { createSm2KeyPair, sm2PublicKey, sm2Sign } from './sm2.ts';
import { encodeTicketQr, parseTicketQr, QR_TEXT_MAX, type TicketQr, verifyTicketQr } from './ticket-qr.ts';

const keys = createSm2KeyPair();
const read = sm2PublicKey(keys.publicKey);
if (!read.ok) throw new Error(read.refusal.code);
const publicKey = read.value;
const keyOf = (keyNo: number) => (keyNo === 7 ? publicKey : undefined);
const sign = (signed: string) => sm2Sign(signed, keys);
const unsigned = () => new Uint8Array(64).fill(9);

const ticket: TicketQr = {
  keyNo: 7,
  ticketNo: '33010026112100100001',
  tripId: '330100001-20261121-K801',
  serviceDate: '20261121' as ServiceDate,
  departs: 8 * 60 + 30,
  fromStop: '330100001',
  toStop: 'SX-02',
  seat: '12',
  epoch: 1,
  fareType: 'full',
  printSeq: 0,
};
const code = (() => {
  const encoded = encodeTicketQr(ticket, sign);
  if (!encoded.ok) throw new Error(encoded.refusal.code);
  return encoded.value;
})();

const word = (maxLength: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9-]{1,${maxLength}}$`));
const anyTicket: fc.Arbitrary<TicketQr> = fc.record({
  keyNo: fc.nat({ max: 65_535 }),
  ticketNo: fc.stringMatching(/^\d{20}$/),
  tripId: word(48),
  serviceDate: fc.constantFrom('20261121', '20280229').map((text) => text as ServiceDate),
  departs: fc.nat({ max: 4_320 }),
  fromStop: word(24),
  toStop: word(24),
  seat: word(8),
  epoch: fc.nat({ max: 999_999_999 }),
  fareType: word(24),
  printSeq: fc.nat({ max: 9_999 }),
});

describe('a ticket code', () => {
  it('is one line of ASCII that a gate verifies with the key alone', () => {
    expect(code).toMatch(
      /^LP1\.7\.33010026112100100001\.330100001-20261121-K801\.20261121\.510\.330100001\.SX-02\.12\.1\.full\.0\.[\w-]{86}$/,
    );
    expect(verifyTicketQr(code, keyOf)).toEqual({ ok: true, value: ticket });
  });

  it('carries every field through, and there is one text for one ticket', () => {
    fc.assert(
      fc.property(anyTicket, (fields) => {
        const encoded = encodeTicketQr(fields, unsigned);
        expect(encoded.ok && encoded.value.length).toBeLessThanOrEqual(QR_TEXT_MAX);
        expect(encoded.ok && parseTicketQr(encoded.value)).toEqual({ ok: true, value: fields });
      }),
    );
  });

  it('is refused, and nothing is thrown, whatever text a scanner reads', () => {
    const pieces = fc.array(
      fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('.', 'LP1', '0', ...code.split('.'))),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pieces, fc.constantFrom('', '.'), (parts, joint) => {
        const text = parts.join(joint);
        const parsed = parseTicketQr(text);
        if (parsed.ok)
          expect(encodeTicketQr(parsed.value, () => Buffer.from(text.split('.').at(-1)!, 'base64url'))).toEqual({
            ok: true,
            value: text,
          });
      }),
    );
  });

  it('is a forgery as soon as one character differs', () => {
    let refused = 0;
    for (let at = 0; at < code.length; at += 7) {
      const other = code[at] === '1' ? '2' : '1';
      const verdict = verifyTicketQr(`${code.slice(0, at)}${other}${code.slice(at + 1)}`, () => publicKey);
      expect(verdict.ok).toBe(false);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(20);
    expect(verifyTicketQr(code.replace('.12.', '.13.'), keyOf)).toEqual({
      ok: false,
      refusal: { code: 'qr.forged', keyNo: 7 },
    });
  });

  it('says what is wrong with it', () => {
    const verdictOf = (text: string) => {
      const verdict = verifyTicketQr(text, keyOf);
      return verdict.ok ? 'good' : verdict.refusal;
    };
    expect(verdictOf('https://example.com/')).toEqual({ code: 'qr.not-a-ticket' });
    expect(verdictOf(code.replace('LP1', 'LP2'))).toEqual({ code: 'qr.newer-version' });
    expect(verdictOf(code.replace('.7.', '.8.'))).toEqual({ code: 'qr.unknown-key', keyNo: 8 });
    expect(verdictOf(code.replace('.7.', '.07.'))).toEqual({ code: 'qr.malformed', field: 'keyNo' });
    expect(verdictOf(code.replace('.20261121.', '.20260230.'))).toEqual({ code: 'qr.malformed', field: 'serviceDate' });
    expect(verdictOf(`${code.slice(0, -86)}${'_'.repeat(86)}`)).toEqual({ code: 'qr.malformed', field: 'signature' });
    expect(verdictOf(`${code}.`)).toEqual({ code: 'qr.malformed', field: 'count' });
    expect(verdictOf(`LP1.${'1'.repeat(QR_TEXT_MAX)}`)).toEqual({ code: 'qr.malformed', field: 'length' });
    expect(encodeTicketQr({ ...ticket, seat: '1.2' }, sign)).toEqual({
      ok: false,
      refusal: { code: 'qr.malformed', field: 'seat' },
    });
    expect(encodeTicketQr({ ...ticket, toStop: '绍兴' }, sign)).toEqual({
      ok: false,
      refusal: { code: 'qr.malformed', field: 'toStop' },
    });
  });
});
