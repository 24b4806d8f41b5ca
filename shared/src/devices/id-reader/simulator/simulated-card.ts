import { z } from 'zod';

/**
 * A document for the simulated reader. Whoever lays one down invents the person: numbers are synthetic, with a right check
 * digit unless a test wants a wrong one.
 */
export const simulatedCard = z.object({
  /** What stands at byte 248 of a real card: blank 居民身份证, J 港澳台居民居住证, I and Y 外国人永久居留身份证 (old, 2023). */
  flag: z.enum(['', 'J', 'I', 'Y', 'X']).default(''),
  name: z.string().trim().min(1).max(46),
  idNo: z
    .string()
    .regex(/^(\d{17}[\dXx]|[A-Z]{3}\d{12})$/)
    .transform((idNo) => idNo.toUpperCase()),
  /** Both follow from the number where they are left out. */
  birthOn: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  sex: z.enum(['male', 'female']).optional(),
  validUntil: z
    .string()
    .regex(/^(\d{8}|长期)$/)
    .default('20361231'),
});
export type SimulatedCard = z.infer<typeof simulatedCard>;

type Place = readonly [at: number, bytes: number];

/** The 256 bytes of text of a card, as a card has them: UTF-16LE, padded with spaces. Written from the tables of the cards, apart from our parser. */
export function textPage(card: SimulatedCard): Uint8Array {
  const page = Buffer.alloc(256);
  for (let at = 0; at < 256; at += 2) page.writeUInt16LE(0x20, at);
  const put = ([at, bytes]: Place, text: string) => page.write(text.slice(0, bytes / 2), at, 'utf16le');

  const birthOn = card.birthOn ?? (card.flag === 'I' ? '19900101' : card.idNo.slice(6, 14));
  const sexByNumber = card.flag === 'I' || Number(card.idNo[16]) % 2 === 1 ? 'male' : 'female';
  const sex = (card.sex ?? sexByNumber) === 'male' ? '1' : '2';
  if (card.flag === 'I') {
    put([0, 120], card.name);
    put([120, 2], sex);
    put([122, 30], card.idNo);
    put([152, 6], 'DEU');
    put([188, 16], '20200101');
    put([204, 16], card.validUntil);
    put([220, 16], birthOn);
    put([236, 4], '01');
    put([240, 8], '1500');
  } else {
    if (card.flag === 'Y') {
      put([52, 70], card.name.slice(0, 35));
      put([220, 22], card.name.slice(35));
      put([242, 6], 'DEU');
    } else {
      put([0, 30], card.name);
      put([32, 4], '01');
      put([52, 70], '某省某市某路 1 号');
      put([158, 30], '某市公安局');
    }
    put([30, 2], sex);
    put([36, 16], birthOn);
    put([122, 36], card.idNo);
    put([188, 16], '20160101');
    put([204, 16], card.validUntil);
    if (card.flag === 'J') put([220, 18], 'H12345678');
  }
  put([248, 2], card.flag === '' ? ' ' : card.flag);
  return new Uint8Array(page);
}

/** In place of a photo: it contains the preamble of a frame, as a real one may, so that no reader may stumble over it. */
export function photoPage(): Uint8Array {
  const photo = new Uint8Array(1024).map((_, index) => (index * 37) & 0xff);
  photo.set([0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x90, 0x94], 300);
  return photo;
}
