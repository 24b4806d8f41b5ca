import type { AllotmentRule, SeatAmount } from './allotment.ts';

/** What is wrong with a list of rules; `rule` counts from 1, as the list is shown. */
export type AllotmentProblem =
  | { readonly code: 'allotment.days-crossed'; readonly rule: number }
  | { readonly code: 'allotment.over-limit'; readonly rule: number; readonly what: 'share' | 'lowWater' | 'quota' }
  | { readonly code: 'allotment.never-counts'; readonly rule: number; readonly behind: number };

/** Everything that is wrong with rules by themselves, in their order. */
export function allotmentProblems(rules: readonly AllotmentRule[]): AllotmentProblem[] {
  return rules.flatMap((each, index): AllotmentProblem[] => {
    const rule = index + 1;
    const problems: AllotmentProblem[] = [];
    const { firstDay, lastDay, share, most, lowWater, quotas = {} } = each;
    if (firstDay !== undefined && lastDay !== undefined && lastDay < firstDay)
      problems.push({ code: 'allotment.days-crossed', rule });
    if (most && exceeds(share, most)) problems.push({ code: 'allotment.over-limit', rule, what: 'share' });
    if (exceeds({ seats: lowWater }, share)) problems.push({ code: 'allotment.over-limit', rule, what: 'lowWater' });
    if (Object.values(quotas).some((quota) => exceeds(quota, share)))
      problems.push({ code: 'allotment.over-limit', rule, what: 'quota' });
    const behind = rules.slice(0, index).findIndex((earlier) => hides(earlier, each));
    if (behind >= 0) problems.push({ code: 'allotment.never-counts', rule, behind: behind + 1 });
    return problems;
  });
}

/** True where one amount is more than another on every coach. Seats and per cent are not compared: that depends on the coach. */
function exceeds(amount: SeatAmount, limit: SeatAmount): boolean {
  if ('seats' in amount) return 'seats' in limit && amount.seats > limit.seats;
  return 'percent' in limit && amount.percent > limit.percent;
}

/** True where every trip that the later rule names is named by the earlier one, as far as can be told without a calendar. */
function hides(earlier: AllotmentRule, later: AllotmentRule): boolean {
  const { station, line, firstDay, lastDay, weekdays } = earlier;
  return (
    (station === '*' || station === later.station) &&
    (line === '*' || line === later.line) &&
    (firstDay === undefined || (later.firstDay !== undefined && firstDay <= later.firstDay)) &&
    (lastDay === undefined || (later.lastDay !== undefined && later.lastDay <= lastDay)) &&
    (weekdays === undefined || (later.weekdays?.every((day) => weekdays.includes(day)) ?? false))
  );
}
