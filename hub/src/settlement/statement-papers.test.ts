import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FoundStatement } from './find-statement.ts';
import { renderStatement } from './render-statement.ts';
import { statementCsv, textCell } from './statement-csv.ts';
import { statementOf } from './statement-of.ts';

const NOON = Date.UTC(2026, 10, 21, 4);
const period = {
  id: 'P000001',
  number: 1,
  state: 'closed',
  opensOn: '20261121',
  openedAt: NOON,
  closedAt: NOON,
  closedBy: 'u',
  submittedBy: null,
} as const;
const TRIP = '330100001-20261121-K1';

function found(partyName: string): FoundStatement {
  const statement = statementOf(period, '330100001', 1, [
    { component: 'stationFee', bizDate: '20261121', originDate: null, tripId: TRIP, count: 2, amountFen: 200 },
    { component: 'cash', bizDate: '20261121', originDate: '20261119', tripId: null, count: 1, amountFen: -123_450 },
  ]);
  return { statement, hash: 'ab'.repeat(32), partyName, partyKind: 'station', madeAt: NOON };
}

it('prints a statement that a person can read: party, sums, what came late, and what is owed', () => {
  const html = renderStatement(found('杭州客运中心站'));
  expect(html).toMatch(/^<!doctype html>\n<html lang="zh-CN">/);
  for (const text of [
    '<title>结算单 P000001-0001</title>',
    '杭州客运中心站',
    '客运站 / 330100001',
    '应收结算方 ¥1232.50 元',
    '班结现金（本方留存）',
    '2026-11-21（跨期，发生于 2026-11-19）',
    '<td class="fen">-1234.50</td>',
    '@page { size: A4;',
    'ab'.repeat(32),
  ]) {
    expect(html).toContain(text);
  }
});

it('loads nothing from elsewhere and runs nothing, whatever a party is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'script', '=', '/', '客') }), (name) => {
      const html = renderStatement(found(name));
      expect(html).not.toMatch(/<script|<img|<link|url\(|https?:/);
      expect(html.match(/<dd/g)).toHaveLength(renderStatement(found('x')).match(/<dd/g)!.length);
    }),
  );
});

it('gives the same lines as a table, with a byte order mark for spreadsheets', () => {
  expect(statementCsv(found('杭州客运中心站')).split('\r\n')).toEqual([
    '\ufeff"结算单号","周期","结算方代码","结算方","项目","业务日期","发生日期","跨期","班次","笔数","金额（元）"',
    `"P000001-0001","P000001","330100001","杭州客运中心站","站务费","2026-11-21","2026-11-21","","${TRIP}",2,2.00`,
    '"P000001-0001","P000001","330100001","杭州客运中心站","班结现金（本方留存）","2026-11-21","2026-11-19","跨期","",1,-1234.50',
    '"P000001-0001","P000001","330100001","杭州客运中心站","合计",,,,,,-1232.50',
    '',
  ]);
});

it('never lets a cell be a formula, and gives every text back', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', '＝', '1', 'A', '票'),
  });
  fc.assert(
    fc.property(nasty, (text) => {
      const cell = textCell(text);
      expect(cell).toMatch(/^"(?:[^"]|"")*"$/);
      const read = cell.slice(1, -1).replaceAll('""', '"');
      expect(read).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      expect(read === text || read === `'${text}`).toBe(true);
    }),
  );
});
