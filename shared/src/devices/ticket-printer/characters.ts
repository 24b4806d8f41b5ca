import iconv from 'iconv-lite';

/**
 * Text as a Chinese printer takes it: GB18030, one byte per ASCII character, two per Han character.
 *
 * Cheap heads have a GBK font ROM. A character whose GB18030 form has four bytes (𠮷, 㙍: rare surnames) would print as
 * two wrong ones and shift the rest of the line, so it is never sent as text: it is drawn from a glyph where one is given,
 * else replaced.
 */
export type TextPiece =
  | { readonly kind: 'plain'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly kind: 'rare'; readonly char: string };

/**
 * 〓, the printer's sign for a missing sort since lead type. A clerk sees at once that a character is missing, where `?`
 * could be taken for part of the name. It is in GB2312, hence on every Chinese head.
 */
export const MISSING_SORT = '〓';

/** Splits `text` into what can be sent and what cannot. A control character becomes a space: text is never a command. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  const endPlain = () => {
    if (plain !== '')
      pieces.push({ kind: 'plain', text: plain, bytes: new Uint8Array(iconv.encode(plain, 'gb18030')) });
    plain = '';
  };
  for (const char of text) {
    if (isRare(char)) {
      endPlain();
      pieces.push({ kind: 'rare', char });
    } else {
      plain += isControl(char) ? ' ' : char;
    }
  }
  endPlain();
  return pieces;
}

/** Width in columns of half a Han character, at size 1: ASCII 1, everything else 2. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const char of text) columns += char <= '\u007f' || isControl(char) ? 1 : 2;
  return columns;
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0)!;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function isRare(char: string): boolean {
  if (char <= '\u007f' || isControl(char)) return false;
  const code = char.codePointAt(0)!;
  const loneSurrogate = code >= 0xd800 && code <= 0xdfff;
  return loneSurrogate || iconv.encode(char, 'gb18030').length !== 2;
}
