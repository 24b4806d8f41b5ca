import { type Fen, yuan } from '@lianpiao/shared/domain/money';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import { escapeHtml } from '@lianpiao/shared/http/docs-page';
import { BOOKS_ZONE } from '../ledger/open-period.ts';
import type { FoundStatement } from './find-statement.ts';
import { COMPONENT_NAMES, dayText, PARTY_KIND_NAMES } from './statement-words.ts';

const CSS = `
@page { size: A4; margin: 16mm 14mm 18mm; @bottom-right { content: "第 " counter(page) " 页 / 共 " counter(pages) " 页"; font-size: 9pt; } }
body { font: 10.5pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimSun", sans-serif; color: #000; max-width: 182mm; margin: 0 auto; }
h1 { font-size: 18pt; text-align: center; letter-spacing: 0.3em; margin: 0 0 6mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; }
dl { display: grid; grid-template-columns: auto 1fr auto 1fr; gap: 1mm 4mm; margin: 0; }
dt { color: #444; } dd { margin: 0; overflow-wrap: anywhere; } dd.wide { grid-column: 2 / -1; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 0.3mm solid #444; padding: 1mm 2mm; text-align: left; } th { background: #eee; }
td:first-child, td:nth-last-child(3) { white-space: nowrap; }
.fen, .count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.total { font-size: 13pt; font-weight: 600; text-align: right; margin: 4mm 0; }
.hash { font: 8pt/1.4 "Noto Sans Mono", monospace; overflow-wrap: anywhere; color: #444; }
.signs { display: flex; justify-content: space-between; margin-top: 12mm; break-inside: avoid; } .signs span { min-width: 50mm; border-top: 0.3mm solid #000; padding-top: 1mm; }
@media screen { body { padding: 12mm 4mm; } }
`;

/** 结算单 as a page to print on A4, without anything that is loaded from elsewhere. Amounts in yuan; positive is owed to the party. */
export function renderStatement(found: FoundStatement): string {
  const { statement, hash, partyName, partyKind, madeAt } = found;
  const { number, periodId, opensOn, closedAt, party, totals, lines, owedFen } = statement;
  const owed = owedFen >= 0 ? '应付结算方' : '应收结算方';
  const sums = totals.map(({ component, count, amountFen }) => [COMPONENT_NAMES[component], count, amountFen] as const);
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>结算单 ${escapeHtml(number)}</title><style>${CSS}</style></head><body>
<h1>结算单</h1>
<dl>
<dt>单号</dt><dd>${escapeHtml(number)}</dd><dt>结算周期</dt><dd>${escapeHtml(periodId)}</dd>
<dt>结算方</dt><dd>${escapeHtml(partyName)}</dd><dt>类别 / 代码</dt><dd>${escapeHtml(`${PARTY_KIND_NAMES[partyKind] ?? partyKind} / ${party}`)}</dd>
<dt>起止</dt><dd>${dayText(opensOn)} 至 ${dayOf(closedAt)}</dd><dt>出单日期</dt><dd>${dayOf(madeAt)}</dd>
</dl>
<p class="total">${owed} ¥${yuan(Math.abs(owedFen) as Fen)} 元</p>
<h2>汇总</h2>
<table><thead><tr><th>项目</th><th class="count">笔数</th><th class="fen">金额（元）</th></tr></thead><tbody>
${sums.map(([name, count, fen]) => row([escapeHtml(name)], count, fen)).join('\n')}
${row(['<b>合计</b>'], null, owedFen)}
</tbody></table>
<h2>明细</h2>
<table><thead><tr><th>项目</th><th>业务日期</th><th>班次</th><th class="count">笔数</th><th class="fen">金额（元）</th></tr></thead><tbody>
${lines.map((line) => row([escapeHtml(COMPONENT_NAMES[line.component]), dateCell(line), escapeHtml(line.tripId ?? '')], line.count, line.amountFen)).join('\n')}
</tbody></table>
<p class="hash">校验 SM3 ${escapeHtml(hash)}</p>
<div class="signs"><span>结算方（盖章）</span><span>平台（盖章）</span><span>日期</span></div>
</body></html>
`;
}

function row(cells: readonly string[], count: number | null, fen: number): string {
  const texts = cells.map((cell) => `<td>${cell}</td>`).join('');
  return `<tr>${texts}<td class="count">${count ?? ''}</td><td class="fen">${yuan(fen as Fen)}</td></tr>`;
}

function dateCell({ bizDate, originDate }: FoundStatement['statement']['lines'][number]): string {
  return originDate === null ? dayText(bizDate) : `${dayText(bizDate)}（跨期，发生于 ${dayText(originDate)}）`;
}

function dayOf(at: number): string {
  return dayText(bizDateOf(at, BOOKS_ZONE));
}
