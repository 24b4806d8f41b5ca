import { type Fen, fen, parseYuan } from '@lianpiao/shared/domain/money';
import { clockMinutes, type ServiceDate, serviceDate } from '@lianpiao/shared/domain/service-day';
import type { SetAsideReason } from '../set-aside.ts';
import type { Mapping } from './mapping.ts';

/** A value that was read, or why it was not. */
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: SetAsideReason };

const no = (reason: SetAsideReason) => ({ ok: false, reason }) as const;
const yes = <Value>(value: Value) => ({ ok: true, value }) as const;

/** Minutes of the service day; `24:10` and `2410` are after midnight. Less than 72:00. */
export function readTime(text: string, form: Mapping['times']): Read<number> {
  if (form === 'minutes')
    return /^\d{1,4}$/.test(text) && Number(text) < 4320 ? yes(Number(text)) : no('row.time-invalid');
  const digits = form === 'HHmm' ? /^(\d{1,2})(\d{2})$/.exec(text) : null;
  const minutes = clockMinutes(digits ? `${digits[1]}:${digits[2]}` : text);
  return minutes.ok && (form === 'HH:mm' || digits) ? yes(minutes.value) : no('row.time-invalid');
}

/** A day of the calendar; months and days may lack their leading zero where the form has separators. */
export function readDate(text: string, form: Mapping['dates']): Read<ServiceDate> {
  const separator = form === 'yyyyMMdd' ? '' : form.charAt(4);
  const parts = separator === '' ? [text] : text.split(separator);
  if (parts.length !== (separator === '' ? 1 : 3) || !parts.every((part) => /^\d+$/.test(part)))
    return no('row.date-invalid');
  const date = serviceDate(parts.map((part) => part.padStart(2, '0')).join(''));
  return date.ok ? yes(date.value) : no('row.date-invalid');
}

/** `1111100` (Monday first) or `12345`: days of the week as 1 … 7. At least one. */
export function readWeekdays(text: string, form: Mapping['weekdays']): Read<number[]> {
  const fits = form === 'flags' ? /^[01]{7}$/.test(text) : /^[1-7]{1,7}$/.test(text);
  if (!fits) return no('row.weekdays-invalid');
  const days =
    form === 'flags' ? [...text].flatMap((flag, index) => (flag === '1' ? [index + 1] : [])) : [...text].map(Number);
  return days.length > 0 ? yes(days) : no('row.weekdays-invalid');
}

/** Whole fen, not negative. */
export function readMoney(text: string, unit: Mapping['money']): Read<Fen> {
  if (unit === 'yuan') {
    const amount = parseYuan(text);
    if (amount.ok) return yes(amount.value);
    return no(amount.refusal.code === 'money.negative' ? 'row.fare-negative' : 'row.money-invalid');
  }
  if (/^-\d+$/.test(text)) return no('row.fare-negative');
  return /^\d{1,9}$/.test(text) ? yes(fen(Number(text))) : no('row.money-invalid');
}

/** Whole kilometres, half a kilometre rounded up. */
export function readKm(text: string): Read<number> {
  return /^\d{1,5}(\.\d{1,3})?$/.test(text) ? yes(Math.round(Number(text))) : no('row.km-invalid');
}

export function readSeq(text: string): Read<number> {
  return /^\d{1,4}$/.test(text) ? yes(Number(text)) : no('row.seq-invalid');
}
