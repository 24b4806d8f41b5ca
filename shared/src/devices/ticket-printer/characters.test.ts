import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MISSING_SORT, textColumns, textPieces } from './characters.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 30 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it('encodes Chinese text as the printers expect it', () => {
  expect(textPieces('济南→青岛 G2001')).toEqual([
    {
      kind: 'plain',
      text: '济南→青岛 G2001',
      bytes: new Uint8Array(Buffer.from('bcc3c4cfa1fac7e0b5ba204732303031', 'hex')),
    },
  ]);
  expect(textPieces(MISSING_SORT)).toMatchObject([{ kind: 'plain', bytes: new Uint8Array([0xa1, 0xfe]) }]);
});

it('never sends a four-byte character as text: cheap heads would print two wrong ones', () => {
  expect(textPieces('𠮷南京㙍').map((piece) => (piece.kind === 'plain' ? hex(piece.bytes) : piece.char))).toEqual([
    '𠮷',
    'c4cfbea9',
    '㙍',
  ]);
});

it('lets no text become a command, whatever stands in a name from an old database', () => {
  fc.assert(
    fc.property(anyText, (text) =>
      textPieces(text).every(
        (piece) => piece.kind === 'rare' || piece.bytes.every((byte) => byte >= 0x20 && byte !== 0x7f),
      ),
    ),
  );
});

it('counts as many columns as bytes', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const columns = textPieces(text).reduce(
        (sum, piece) => sum + (piece.kind === 'plain' ? piece.bytes.length : 2),
        0,
      );
      expect(textColumns(text)).toBe(columns);
    }),
  );
});
