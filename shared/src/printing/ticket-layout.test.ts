import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EscposDecoder } from '../devices/ticket-printer/escpos/decoder.ts';
import { encodePage } from '../devices/ticket-printer/escpos/encode-page.ts';
import { type Paper, PrintHead } from '../devices/ticket-printer/paper.ts';
import { CHINESE_HEAD_80MM, EPSON_80MM } from '../devices/ticket-printer/printer-profile.ts';
import type { TicketFace } from './ticket-face.ts';
import { layoutTicket } from './ticket-layout.ts';

/** Synthetic: the masked passenger is nobody. The code is as long as a signed one. */
const FACE: TicketFace = {
  ticketNo: '33050200110030001842',
  province: '浙江省',
  fromName: '湖州客运总站',
  toName: '嘉兴',
  serviceDate: '20261121',
  departs: '14:45',
  tripNo: 'H220',
  seat: '12',
  gate: '3',
  fareType: 'full',
  fareFen: 3800,
  ceilingFen: 4200,
  passenger: '张**',
  idNo: '3*************0010',
  stationName: '湖州客运总站',
  counter: '03窗',
  clerk: '1007',
  soldAt: Date.UTC(2026, 10, 21, 6, 33),
  vehicleClass: '大型高一',
  carrier: '浙北运输',
  qr: `LP1.1.33050200110030001842.${'Ab3_-xYz'.repeat(18)}`,
  printSeq: 1,
};

function onPaper(face: TicketFace, profile = EPSON_80MM): Paper {
  const decoder = new EscposDecoder();
  const head = new PrintHead(profile.widthDots);
  const papers = decoder.push(encodePage(layoutTicket(face), '0001', profile)).flatMap((op) => head.apply(op) ?? []);
  expect(papers).toHaveLength(1);
  return papers[0]!;
}

/** What the printer put on paper, one line of text a line: place in millimetres, size, boldness, words. */
function described(paper: Paper): string {
  const mm = (dots: number) => (dots / 8).toFixed(1).padStart(5);
  const lines = paper.items.map((item) => {
    const at = `${mm(item.y)} ${mm(item.x)}`;
    if (item.kind === 'text') return `${at}  ${item.height / 24}${item.bold ? '粗' : '  '}  ${item.text}`;
    if (item.kind === 'qr') return `${at}  QR ${(item.side / 8).toFixed(1)} mm  ${item.text}`;
    return `${at}  ${item.kind}`;
  });
  return `${[`${mm(paper.heightDots)} mm long`, ...lines].join('\n')}\n`;
}

it('prints a coach ticket as the golden one', async () => {
  await expect(described(onPaper(FACE))).toMatchFileSnapshot('./ticket-layout.golden.txt');
});

it('prints every extra: stamp, stock number, plate, half fare, a time past midnight, a second paper', async () => {
  const face: TicketFace = {
    ...FACE,
    stamp: '练习票',
    stockNo: 'B0042317',
    plate: '浙E12345',
    fareType: 'half',
    fareFen: 1900,
    departs: '24:10',
    printSeq: 2,
  };
  await expect(described(onPaper(face))).toMatchFileSnapshot('./ticket-layout.full.golden.txt');
});

it('leaves out what a ticket does not have, without a gap', () => {
  const words = described(onPaper({ ...FACE, ceilingFen: null, gate: '', vehicleClass: '', carrier: '', clerk: null }));
  for (const word of ['上限', '检票口', '车牌', '票据', '【', 'undefined', 'null']) expect(words).not.toContain(word);
  expect(onPaper({ ...FACE, vehicleClass: '', carrier: '' }).heightDots).toBe(onPaper(FACE).heightDots - 36);
});

it('carries the code unchanged to the paper', () => {
  expect(onPaper(FACE).items.find((item) => item.kind === 'qr')).toMatchObject({ text: FACE.qr });
});

it('prints whatever an old database holds: long names are set smaller, then cut, never over each other', () => {
  const anyWords = fc.string({
    unit: fc.constantFrom('杭', '州', '𠮷', 'A', ' ', '\u001b', '…', '·', '站'),
    maxLength: 40,
  });
  const anyFace = fc.record({
    fromName: anyWords,
    toName: anyWords,
    tripNo: anyWords,
    seat: anyWords,
    gate: anyWords,
    passenger: anyWords,
    idNo: anyWords,
    stationName: anyWords,
    counter: anyWords,
    plate: anyWords,
    vehicleClass: anyWords,
    stamp: anyWords,
    departs: fc.constantFrom('00:00', '14:45', '71:59', '随到随走'),
    fareFen: fc.integer({ min: 0, max: 1_000_000_000 }),
  });
  fc.assert(
    fc.property(anyFace, fc.constantFrom(EPSON_80MM, CHINESE_HEAD_80MM), (wild, profile) => {
      const paper = onPaper({ ...FACE, qr: 'LP1', ...wild }, profile);
      expect(described(paper)).toContain(FACE.ticketNo);
    }),
    { numRuns: 30 },
  );
});

it('finds room for the longest code that a gate reads', () => {
  expect(() => onPaper({ ...FACE, qr: 'x'.repeat(400) }, CHINESE_HEAD_80MM)).not.toThrow();
});
