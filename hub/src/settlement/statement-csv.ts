import { type Fen, yuan } from '@lianpiao/shared/domain/money';
import type { FoundStatement } from './find-statement.ts';
import { COMPONENT_NAMES, dayText } from './statement-words.ts';

const HEAD = [
  '结算单号',
  '周期',
  '结算方代码',
  '结算方',
  '项目',
  '业务日期',
  '发生日期',
  '跨期',
  '班次',
  '笔数',
  '金额（元）',
];

/**
 * 结算单 as a table for a spreadsheet: UTF-8 with a byte order mark, CRLF, one row a line and a last row with the total.
 * Positive is owed to the party. A cell of text that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function statementCsv({ statement, partyName }: FoundStatement): string {
  const { number, periodId, party, lines, owedFen } = statement;
  const own = [number, periodId, party, partyName].map(textCell);
  const rows = lines.map(({ component, bizDate, originDate, tripId, count, amountFen }) => [
    ...own,
    textCell(COMPONENT_NAMES[component]),
    textCell(dayText(bizDate)),
    textCell(dayText(originDate ?? bizDate)),
    textCell(originDate === null ? '' : '跨期'),
    textCell(tripId ?? ''),
    String(count),
    yuan(amountFen as Fen),
  ]);
  const total = [...own, textCell('合计'), '', '', '', '', '', yuan(owedFen as Fen)];
  return `\ufeff${[HEAD.map(textCell), ...rows, total].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}

/** A quoted cell that no spreadsheet runs. Numbers are written bare: ours have digits, a point and a sign only. */
export function textCell(text: string): string {
  const inert = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}
