import { clockMinutes, type ServiceDate, wallTime, weekday } from '../domain/service-day.ts';

/**
 * Figures as people read them, in both languages (ui.md, wording). Pure: the caller says what time it is and where.
 * Money is whole fen, instants are epoch milliseconds, service dates are `YYYYMMDD`.
 */
export type Language = 'zh' | 'en';

const WEEKDAYS = {
  zh: ['周一', '周二', '周三', '周四', '周五', '周六', '周日'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `1,234.50`, for columns whose head carries the unit. The sign of a negative amount is U+2212, which is as wide as a digit. */
export function amount(fen: number): string {
  const whole = grouped(Math.floor(Math.abs(fen) / 100));
  const rest = String(Math.abs(fen) % 100).padStart(2, '0');
  return `${fen < 0 ? '−' : ''}${whole}.${rest}`;
}

/** `¥1,234.50`, `−¥34.20`. */
export function yuan(fen: number): string {
  return fen < 0 ? `−¥${amount(-fen)}` : `¥${amount(fen)}`;
}

/** Grouping by three in both languages: `1,204`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A time of day on the trip's service date, which may pass midnight: `24:40` reads `次日 00:40`, `00:40 +1`. */
export function tripTime(time: string, language: Language): string {
  const minutes = clockMinutes(time);
  if (!minutes.ok) return time;
  const wall = wallTime(minutes.value);
  if (wall.daysLater === 0) return wall.time;
  if (language === 'en') return `${wall.time} +${wall.daysLater}`;
  return wall.daysLater === 1 ? `次日 ${wall.time}` : `${wall.daysLater} 日后 ${wall.time}`;
}

/** How long ago or how long: one unit under a minute, two above (`12 秒`, `2 小时 05 分`; `12 s`, `2 h 05 min`). */
export function span(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, min, s] = language === 'zh' ? ['小时', '分', '秒'] : ['h', 'min', 's'];
  if (seconds < 60) return `${seconds} ${s}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${min}`;
  return `${Math.floor(minutes / 60)} ${h} ${String(minutes % 60).padStart(2, '0')} ${min}`;
}

/** What is left of a hold or a quote: `9:41`. Never negative. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Wall clock of an instant in the station's zone: `14:32:08`, without seconds `14:32`. */
export function clock(at: number, zone: string, seconds = true): string {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  return seconds ? text : text.slice(0, 5);
}

/** `11-21 周五`, `Fri 21 Nov`; the year only when it is not the year of `today`. */
export function dateText(date: ServiceDate, today: ServiceDate, language: Language): string {
  const year = date.slice(0, 4);
  const day = WEEKDAYS[language][weekday(date) - 1]!;
  const otherYear = year !== today.slice(0, 4);
  if (language === 'zh') return `${otherYear ? `${year}-` : ''}${date.slice(4, 6)}-${date.slice(6, 8)} ${day}`;
  return `${day} ${Number(date.slice(6, 8))} ${MONTHS[Number(date.slice(4, 6)) - 1]}${otherYear ? ` ${year}` : ''}`;
}

/** The day of a trip in a list that is about today: `11-22`, nothing for today itself. */
export function otherDay(date: string, today: ServiceDate): string {
  return date === today ? '' : `${date.slice(4, 6)}-${date.slice(6, 8)}`;
}

/** A long number in groups, for reading aloud: `3305 0200 1100 3000 1842`. Copied without the gaps. */
export function inGroups(text: string, sizes: readonly number[] = [4]): string {
  const parts: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)]!;
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts.join(' ');
}
