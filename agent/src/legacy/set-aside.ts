/**
 * Why a row, a trip or a file of a legacy source stays out. A closed list: each has a text here and an entry in
 * docs/errors.md. What is set aside never stops what is good.
 */
export const SET_ASIDE_TEXT = {
  'row.broken': '引号不成对，无法分列',
  'row.line-too-long': '本行过长',
  'row.column-count': '列数与表头不一致',
  'row.text-broken': '字符无法按约定的编码解读',
  'row.empty-field': '必填项为空',
  'row.too-long': '内容过长',
  'row.time-invalid': '时间无法解读',
  'row.time-backwards': '到站时间早于上一站',
  'row.date-invalid': '日期无法解读',
  'row.weekdays-invalid': '开行日无法解读',
  'row.money-invalid': '票价无法解读',
  'row.fare-negative': '票价为负数',
  'row.fare-missing': '缺少票价',
  'row.fare-backwards': '远站票价低于近站',
  'row.fare-over-ceiling': '票价超过上限',
  'row.km-invalid': '里程无法解读',
  'row.km-backwards': '里程小于上一站',
  'row.seats-invalid': '座位数或座位号无法使用',
  'row.code-unknown': '代码不在对照表中',
  'row.seq-invalid': '站序无法解读',
  'row.seq-repeated': '同一班次的站序重复',
  'row.seq-gap': '同一班次缺少中间的站序',
  'row.duplicate': '与前面一行完全重复',
  'row.stop-unknown': '站点不在站点表中',
  'row.stop-repeated': '同一班次两次停靠同一站点',
  'row.stop-count': '停靠站数不在 2 至 49 之间',
  'row.first-stop-foreign': '首站不是本站',
  'row.trip-inconsistent': '同一班次各行的内容不一致',
  'row.trip-duplicate': '同一天的车次号重复',
  'row.reference-unknown': '引用的记录不存在',
  'file.too-large': '文件过大，整个文件未读',
  'file.too-many-rows': '文件行数过多，整个文件未读',
  'file.column-missing': '缺少对照表要求的列，整个文件未读',
  'file.empty': '文件没有内容',
} as const satisfies Record<string, string>;

export type SetAsideReason = keyof typeof SET_ASIDE_TEXT;

/**
 * One reason why something stayed out.
 *
 * `lines` are all lines of the file that stay out because of it: of a trip with one bad stop row, all its rows.
 * `raw` is what stood there, cut and without personal numbers.
 */
export type SetAside = {
  readonly file: string;
  /** Line of the file, from 1; null when the whole file is meant. */
  readonly line: number | null;
  readonly field: string | null;
  readonly reason: SetAsideReason;
  readonly text: string;
  readonly trip: string | null;
  readonly lines: readonly number[];
  readonly raw: string;
};

/** What is wrong, before it is known which rows go out with it. */
export type Flaw = {
  readonly reason: SetAsideReason;
  readonly line: number | null;
  readonly field: string | null;
  readonly raw: string;
};

/** A reading keeps this many entries in full; the rest is only counted. A whole drop of rubbish must not fill the memory. */
export const SET_ASIDE_MAX = 2000;

/** Longest excerpt of a bad row that is kept. */
export const RAW_MAX = 120;

/** Cuts and masks: a run of 11 or more digits may be a telephone or an ID number, and free text of legacy rows holds both. */
export function redactRaw(raw: string): string {
  const cut = raw.slice(0, RAW_MAX * 2).replace(/\d{11,}[Xx]?/g, (digits) => '*'.repeat(digits.length));
  return cut.length > RAW_MAX ? `${cut.slice(0, RAW_MAX - 1)}…` : cut;
}

/** Collects what stays out of one reading, in order, with a limit. */
export class SetAsideList {
  readonly entries: SetAside[] = [];
  /** All entries, kept or only counted. */
  count = 0;

  add(file: string, flaw: Flaw, lines: readonly number[], trip: string | null = null): void {
    this.count += 1;
    if (this.entries.length >= SET_ASIDE_MAX) return;
    this.entries.push({
      file,
      line: flaw.line,
      field: flaw.field,
      reason: flaw.reason,
      text: SET_ASIDE_TEXT[flaw.reason],
      trip: trip === null ? null : redactRaw(trip),
      lines,
      raw: redactRaw(flaw.raw),
    });
  }

  addAll(other: { readonly entries: readonly SetAside[]; readonly count: number }): void {
    this.count += other.count;
    for (const entry of other.entries) if (this.entries.length < SET_ASIDE_MAX) this.entries.push(entry);
  }
}
