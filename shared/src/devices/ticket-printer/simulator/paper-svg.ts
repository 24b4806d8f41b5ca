import { type Bitmap, dotAt, qrSymbol } from '../bitmap.ts';
import type { Paper, PaperItem } from '../paper.ts';

/** Paper of 80 mm has 4 mm to the left and right of what the head reaches. */
const MARGIN_DOTS = 32;
const EDGE_DOTS = 24;
const DOTS_PER_MM = 8;

/** Share of a character's height above the baseline, as in the printers' own Han fonts. */
const BASELINE = 0.86;

/**
 * A piece of paper as it would lie in the tray, to scale. QR codes are drawn from the text that the printer was given, so
 * a phone or a gate reads them from the screen.
 */
export function paperSvg(paper: Paper): string {
  const width = paper.widthDots + 2 * MARGIN_DOTS;
  const height = paper.heightDots + 2 * EDGE_DOTS;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN_DOTS} ${-EDGE_DOTS} ${width} ${height}"`,
    ` width="${width / DOTS_PER_MM}mm" height="${height / DOTS_PER_MM}mm" lang="zh-CN">`,
    `<rect x="${-MARGIN_DOTS}" y="${-EDGE_DOTS}" width="${width}" height="${height}" fill="#fff"/>`,
    '<g fill="#111" font-family="Noto Sans Mono CJK SC, Noto Sans CJK SC, Microsoft YaHei, WenQuanYi Micro Hei, monospace">',
    ...paper.items.map(drawn),
    '</g></svg>',
  ].join('');
}

/** The words on the paper from top to bottom, the texts of one line joined. For tests, and for ears. */
export function paperText(paper: Paper): string[] {
  const lines = new Map<number, string[]>();
  for (const item of paper.items) {
    if (item.kind !== 'text') continue;
    const bottom = item.y + item.height;
    lines.set(bottom, [...(lines.get(bottom) ?? []), item.text]);
  }
  return [...lines].sort(([a], [b]) => a - b).map(([, texts]) => texts.join(' '));
}

function drawn(item: PaperItem): string {
  if (item.kind === 'text') {
    const weight = item.bold ? ' font-weight="700"' : '';
    const y = item.y + item.height * BASELINE;
    return (
      `<text x="${item.x}" y="${y}" font-size="${item.height}" textLength="${item.width}"` +
      ` lengthAdjust="spacingAndGlyphs" xml:space="preserve"${weight}>${escaped(item.text)}</text>`
    );
  }
  if (item.kind === 'qr')
    return `<path d="${qrPath(item.text, item.side)}" transform="translate(${item.x} ${item.y})"/>`;
  if (item.kind === 'bitmap') {
    return `<path d="${bitmapPath(item.bitmap)}" transform="translate(${item.x} ${item.y})"/>`;
  }
  return (
    `<rect x="${item.x}" y="${item.y}" width="${item.width}" height="${item.height}" fill="none" stroke="#111"/>` +
    `<text x="${item.x + 8}" y="${item.y + item.height / 2 + 8}" font-size="24">‖ ${escaped(item.text)}</text>`
  );
}

function qrPath(text: string, side: number): string {
  const symbol = qrSymbol(text);
  const module = side / symbol.modules;
  return runs(symbol.modules, symbol.modules, (x, y) => symbol.dark(x, y), module);
}

function bitmapPath(bitmap: Bitmap): string {
  return runs(bitmap.widthDots, bitmap.heightDots, (x, y) => dotAt(bitmap, x, y), 1);
}

/** One rectangle for each run of dark dots in a row. */
function runs(width: number, height: number, dark: (x: number, y: number) => boolean, scale: number): string {
  const path: string[] = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!dark(x, y)) continue;
      let end = x;
      while (end < width && dark(end, y)) end += 1;
      path.push(`M${x * scale} ${y * scale}h${(end - x) * scale}v${scale}h${(x - end) * scale}z`);
      x = end;
    }
  }
  return path.join('');
}

function escaped(text: string): string {
  return [...text]
    .map((char) => (char === '<' || char === '&' || char === '"' ? `&#${char.charCodeAt(0)};` : printable(char)))
    .join('');
}

/** What XML does not allow at all would make the whole picture disappear. */
function printable(char: string): string {
  const code = char.codePointAt(0)!;
  const forbidden = code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
  return forbidden ? '\u3013' : char;
}
