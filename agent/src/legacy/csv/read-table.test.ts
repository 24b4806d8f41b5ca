import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { readTable, type TableForm } from './read-table.ts';

const FORM: TableForm = { encoding: 'gb18030', delimiter: ',', quotes: true, headerRows: 1 };
const LIMITS = { rowsMax: 1000, lineBytesMax: 200, columnsMax: 20 };
const gb = (text: string) => iconv.encode(text, 'gb18030');
const read = (text: string | Uint8Array, form: Partial<TableForm> = {}, limits: Partial<typeof LIMITS> = {}) =>
  readTable([typeof text === 'string' ? gb(text) : text], { ...FORM, ...form }, { ...LIMITS, ...limits });

describe('a table of separated values', () => {
  it('reads GB18030 with quotes, blanks around cells and either line end', async () => {
    const table = await read('车次,到站,备注\r\nG1 , 乐清,"a,""b"""\n\nG2,㛃𬭎,\r\n');
    expect(table.header).toEqual(['车次', '到站', '备注']);
    expect(table.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [2, 'G1', '乐清', 'a,"b"'],
      [4, 'G2', '㛃𬭎', ''],
    ]);
    expect(table.flaws).toEqual([]);
  });

  it('believes a UTF-8 mark more than the declared encoding', async () => {
    const table = await read(Buffer.from('\ufeff车次\n乐清\n', 'utf8'));
    expect([table.header, table.rows[0]?.cells]).toEqual([['车次'], ['乐清']]);
  });

  it('loses a line with an unpaired quote, a damaged end or too many cells, and never the next one', async () => {
    const table = await read('a,b\n"1,2\n3,4\n5\n6,7,8\n9,10,,\n11,12');
    expect(table.flaws.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'row.broken'],
      [4, 'row.column-count'],
      [5, 'row.column-count'],
    ]);
    expect(table.rows.map((row) => row.line)).toEqual([3, 6, 7]);
  });

  it('takes a quote as a character where the program never quotes', async () => {
    expect((await read('a\n5" 车\n', { quotes: false })).rows[0]?.cells).toEqual(['5" 车']);
  });

  it('keeps a line break after half a character', async () => {
    const table = await read(Buffer.concat([gb('a,b\n1,乐'), Buffer.from([0x81, 0x0a]), gb('2,清\n')]));
    expect(table.rows.map((row) => row.cells[0])).toEqual(['1', '2']);
  });

  it('skips a line over the limit and takes one at the limit', async () => {
    const table = await read(`a\n${'x'.repeat(200)}\r\n${'y'.repeat(201)}\nz\n`);
    expect(table.rows.map((row) => row.cells[0]?.slice(0, 1))).toEqual(['x', 'z']);
    expect(table.flaws).toEqual([{ line: 3, reason: 'row.line-too-long', field: null, raw: '' }]);
  });

  it('says when there are more rows than the limit', async () => {
    expect((await read('a\n1\n2\n\n', {}, { rowsMax: 2 })).tooLong).toBe(false);
    expect((await read('a\n1\n2\n3', {}, { rowsMax: 2 })).tooLong).toBe(true);
  });

  it('reads the same however the bytes are chopped', async () => {
    const bytes = gb('车次,到站\r\nG1,乐清\r\n"broken\nG2,㛃\n\nG3,"上海, 莘庄"\n𬭎,x');
    const whole = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(await readTable(chunks, FORM, LIMITS)).toEqual(whole);
      }),
    );
  });

  it('finds every good line among rubbish', async () => {
    const rubbish = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).filter((byte) => byte !== 0x0a));
    await fc.assert(
      fc.asyncProperty(fc.array(rubbish, { maxLength: 8 }), async (lines) => {
        const good = (index: number) => gb(`good${index},乐清`);
        const parts = lines.flatMap((line, index) => [good(index), Buffer.from(line)]);
        const table = await read(Buffer.concat([gb('a,b\n'), ...parts.flatMap((part) => [part, Buffer.from('\n')])]));
        const found = new Set(table.rows.map((row) => row.cells.join()));
        for (const index of lines.keys()) expect(found).toContain(`good${index},乐清`);
      }),
    );
  });
});
