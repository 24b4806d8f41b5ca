import { execFile } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../testing/needs.ts';
import { type Bitmap, blankBitmap, dotAt, setDot } from '../bitmap.ts';
import type { TicketPage } from '../page.ts';
import { type Paper, PrintHead } from '../paper.ts';
import { CHINESE_HEAD_80MM, EPSON_80MM } from '../printer-profile.ts';
import { advance, bold, code128, concat, initialise, processId, qr, size } from './commands.ts';
import { EscposDecoder } from './decoder.ts';
import { encodePage } from './encode-page.ts';
import type { PrinterOp } from './printer-op.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Prints the bytes in the given chunks and returns the operations and all finished pieces of paper. */
function printed(chunks: readonly Uint8Array[]): { ops: PrinterOp[]; papers: Paper[] } {
  const decoder = new EscposDecoder();
  const head = new PrintHead(576);
  const ops = chunks.flatMap((chunk) => decoder.push(chunk));
  return { ops, papers: ops.flatMap((op) => head.apply(op) ?? []) };
}

const PAGE: TicketPage = {
  widthMm: 72,
  items: [
    { kind: 'text', xMm: 3, yMm: 2, text: '杭州 → 嘉兴', size: 2, bold: true },
    { kind: 'text', xMm: 54, yMm: 2, text: '3口', size: 1, bold: false },
    { kind: 'rule', yMm: 9.5 },
    { kind: 'text', xMm: 0, yMm: 40, text: '旅客 𠮷**', size: 1, bold: false },
    { kind: 'code128', yMm: 44, align: 'center', heightMm: 8, text: 'A{1}B' },
    { kind: 'qr', yMm: 54, align: 'right', sideMm: 20, text: 'LP1.0001' },
  ],
};

describe('a page on paper', () => {
  it('stands where the millimetres say, to the dot', () => {
    const { papers, ops } = printed([encodePage(PAGE, '0007', EPSON_80MM)]);
    expect(papers).toHaveLength(1);
    expect(papers[0]?.items.map(({ kind, x, y }) => [kind, x, y])).toEqual([
      ['text', 24, 16],
      ['text', 432, 40],
      ['bitmap', 0, 76],
      ['text', 0, 320],
      ['barcode', 198, 352],
      ['qr', 576 - 21 * 7, 432],
    ]);
    expect(papers[0]?.items[0]).toMatchObject({ text: '杭州 → 嘉兴', height: 48, bold: true, width: 48 * 5 + 24 * 2 });
    expect(papers[0]?.items[4]).toMatchObject({ text: 'A{1}B' });
    expect(papers[0]?.items[5]).toMatchObject({ text: 'LP1.0001', side: 147 });
    expect(ops.at(-1)).toEqual({ kind: 'process-id', id: '0007' });
    expect(ops.filter((op) => op.kind === 'unknown')).toEqual([]);
  });

  it('shows 〓 for a character that the font lacks, and keeps the rest of the line', () => {
    const { papers } = printed([encodePage(PAGE, '0007', EPSON_80MM)]);
    expect(papers[0]?.items[3]).toMatchObject({ text: '旅客 〓**' });
  });

  it('draws that character when it is given a glyph', () => {
    const glyph = blankBitmap(24, 24);
    for (let at = 0; at < 24; at += 1) setDot(glyph, at, 23 - at);
    const { papers } = printed([encodePage(PAGE, '0007', EPSON_80MM, (char) => (char === '𠮷' ? glyph : undefined))]);
    expect(papers[0]?.items.slice(3, 6)).toMatchObject([
      { kind: 'text', text: '旅客', x: 0 },
      { kind: 'bitmap', x: 60, bitmap: glyph },
      { kind: 'text', text: '**', x: 84 },
    ]);
  });

  it('is the same however the bytes are chopped', () => {
    const bytes = encodePage(PAGE, '0007', CHINESE_HEAD_80MM);
    const whole = printed([bytes]).papers;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        expect(printed(chunks).papers).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, TicketPage['items']]>([
    ['text past the edge', [{ kind: 'text', xMm: 60, yMm: 0, text: '杭州客运中心', size: 2, bold: false }]],
    [
      'texts over each other',
      [
        { kind: 'text', xMm: 0, yMm: 0, text: '杭州客运中心', size: 1, bold: false },
        { kind: 'text', xMm: 10, yMm: 0, text: '嘉兴', size: 1, bold: false },
      ],
    ],
    [
      'lines over each other',
      [
        { kind: 'text', xMm: 0, yMm: 0, text: '杭州', size: 3, bold: false },
        { kind: 'text', xMm: 0, yMm: 5, text: '嘉兴', size: 1, bold: false },
      ],
    ],
    ['a QR code without room', [{ kind: 'qr', yMm: 0, align: 'left', sideMm: 5, text: 'x'.repeat(200) }]],
  ])('is refused as a bug of the template: %s', (_what, items) => {
    expect(() => encodePage({ widthMm: 72, items }, '0001', EPSON_80MM)).toThrow();
  });
});

describe('the commands', () => {
  it('are those of the worked example of the printer guides', () => {
    expect(hex(qr(new TextEncoder().encode('QT|济南|0001'), 6))).toBe(
      '1d286b0400314132001d286b03003143061d286b03003145311d286b110031503051547ce6b58ee58d977c303030311d286b0300315130',
    );
    expect(hex(processId('0001'))).toBe('1d28480600303030303031');
    expect(hex(advance(600))).toBe('1b4aff1b4aff1b4a5a');
  });

  it('survive any bytes: a broken sender costs a simulator nothing but waste paper', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...fragments())), { maxLength: 12 }),
        (chunks) => {
          expect(() => printed(chunks)).not.toThrow();
        },
      ),
    );
  });
});

function fragments(): Uint8Array[] {
  return ['1d286b', '1d7630', '1b2a21', '1d6b49', '1d284806003030', '1c26', '1b40', '1d5642', '1d21', '81'].map(
    (text) => new Uint8Array(Buffer.from(text, 'hex')),
  );
}

it('agrees with the escpos package, an encoder of other hands, on what that one gets right', async () => {
  const escpos = createRequire(import.meta.url)('escpos');
  const written: Buffer[] = [];
  const adapter = Object.assign(new EventEmitter(), {
    open: (callback: () => void) => callback(),
    write: (bytes: Buffer, callback?: () => void) => {
      written.push(bytes);
      callback?.();
    },
    close: (callback?: () => void) => callback?.(),
  });
  const theirs = new escpos.Printer(adapter, { encoding: 'GB18030' });
  theirs.hardware('init').style('b').size(2, 2).text('湖州总站').style('normal').size(1, 1).text('嘉兴 H220').cut();
  await new Promise<void>((resolve) => theirs.flush(resolve));

  const runs = printed(written.map((bytes) => Uint8Array.from(bytes))).papers.flatMap(({ items }) => items);
  expect(runs).toMatchObject([
    { kind: 'text', text: '湖州总站', x: 0, bold: true, height: 48 },
    { kind: 'text', text: '嘉兴 H220', x: 0, bold: false, height: 24 },
  ]);
  const ours = printed([
    encodePage(
      {
        widthMm: 72,
        items: [
          { kind: 'text', xMm: 0, yMm: 0, text: '湖州总站', size: 2, bold: true },
          { kind: 'text', xMm: 0, yMm: 6, text: '嘉兴 H220', size: 1, bold: false },
        ],
      },
      '0001',
      EPSON_80MM,
    ),
  ]).papers.flatMap(({ items }) => items);
  const look = (items: typeof ours) =>
    items.map((item) => item.kind === 'text' && [item.text, item.x, item.width, item.height, item.bold]);
  expect(look(runs)).toEqual(look(ours));
});

it('prints a barcode only with its code set, as real printers do', () => {
  const { ops } = printed([concat([initialise(), size(1), bold(false), code128('H220', 60, 2)])]);
  expect(ops.at(-1)).toMatchObject({ kind: 'barcode', text: 'H220', heightDots: 60, moduleDots: 2 });
  expect(printed([Uint8Array.of(0x1d, 0x6b, 0x49, 2, 0x41, 0x42)]).ops).toMatchObject([{ kind: 'unknown' }]);
});

const zbarimg = needs('zbarimg');

it.runIf(zbarimg.have)('sends QR codes as dots that a reader reads back', async () => {
  const text = `LP1.${'33050200110030001842'.repeat(8)}.sig_-`;
  const page: TicketPage = { widthMm: 72, items: [{ kind: 'qr', yMm: 4, align: 'center', sideMm: 30, text }] };
  const [paper] = printed([encodePage(page, '0001', CHINESE_HEAD_80MM)]).papers;
  const folder = await mkdtemp(join(tmpdir(), 'paper-'));
  try {
    await writeFile(join(folder, 'paper.pbm'), pbmOf(paper!));
    const { stdout } = await promisify(execFile)('zbarimg', ['--quiet', '--raw', join(folder, 'paper.pbm')]);
    expect(stdout.trim()).toBe(text);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The pictures on a piece of paper as a portable bitmap, at four pixels of white around. */
function pbmOf(paper: Paper): Buffer {
  const all = blankBitmap(paper.widthDots, paper.heightDots + 40);
  for (const item of paper.items) {
    if (item.kind === 'bitmap') copy(item.bitmap, all, item.x, item.y);
  }
  return Buffer.concat([Buffer.from(`P4\n${all.widthDots} ${all.heightDots}\n`), all.rows]);
}

function copy(from: Bitmap, to: Bitmap, left: number, top: number): void {
  for (let y = 0; y < from.heightDots; y += 1) {
    for (let x = 0; x < from.widthDots; x += 1) if (dotAt(from, x, y)) setDot(to, left + x, top + y);
  }
}
