import { AGENCY_FEE_CEILINGS } from './clearing-defaults.ts';
import {
  type ClearingComponent,
  type ClearingRule,
  rateOf,
  type ShareLine,
  STATION_GRADES,
  type StationGrade,
} from './clearing-rules.ts';

export type ClearingRuleProblem =
  | { readonly code: 'clearing-rule.dates-crossed' }
  | { readonly code: 'clearing-rule.shares-not-whole'; readonly part: 'rest' | 'refundFee'; readonly sum: number }
  | { readonly code: 'clearing-rule.rate-out-of-range'; readonly component: ClearingComponent }
  | { readonly code: 'clearing-rule.amount-out-of-range'; readonly component: ClearingComponent }
  | { readonly code: 'clearing-rule.floor-above-ceiling'; readonly component: ClearingComponent }
  | { readonly code: 'clearing-rule.component-twice'; readonly component: ClearingComponent }
  | { readonly code: 'clearing-rule.no-match-value'; readonly key: string }
  | {
      readonly code: 'clearing-rule.agency-fee-too-high';
      readonly grade: StationGrade;
      readonly sum: number;
      readonly ceiling: number;
    };

/** Kept from the carrier for selling: together under the regulated ceiling. */
const AGENCY_COMPONENTS: readonly ClearingComponent[] = ['agencyFee', 'sellerFee', 'platformFee'];

/** Everything that is wrong with a rule by itself; an empty list lets it go on to simulation and a second person. */
export function validateRule(
  rule: ClearingRule,
  ceilings: Readonly<Record<StationGrade, number>> = AGENCY_FEE_CEILINGS,
): ClearingRuleProblem[] {
  const problems: ClearingRuleProblem[] = [];
  if (rule.validTo !== null && rule.validTo <= rule.validFrom) problems.push({ code: 'clearing-rule.dates-crossed' });
  if (rule.rest.by === 'shares') problems.push(...sharesProblem('rest', rule.rest.lines));
  problems.push(...sharesProblem('refundFee', rule.refundFee));

  for (const { component, amountFen } of rule.fixed) {
    if (!isAmount(amountFen)) problems.push({ code: 'clearing-rule.amount-out-of-range', component });
  }
  for (const line of rule.fees) {
    const { component, floorFen, ceilingFen } = line;
    if (!STATION_GRADES.every((grade) => isShare(rateOf(line, grade)))) {
      problems.push({ code: 'clearing-rule.rate-out-of-range', component });
    }
    if (![floorFen, ceilingFen].every((bound) => bound === null || isAmount(bound))) {
      problems.push({ code: 'clearing-rule.amount-out-of-range', component });
    }
    if (floorFen !== null && ceilingFen !== null && floorFen > ceilingFen) {
      problems.push({ code: 'clearing-rule.floor-above-ceiling', component });
    }
  }
  const components = [...rule.fixed, ...rule.fees].map((line) => line.component);
  for (const component of new Set(components.filter((each, index) => components.indexOf(each) !== index))) {
    problems.push({ code: 'clearing-rule.component-twice', component });
  }
  for (const [key, values] of Object.entries(rule.match)) {
    if (Array.isArray(values) && values.length === 0) problems.push({ code: 'clearing-rule.no-match-value', key });
  }
  const kept = rule.fees.filter((line) => AGENCY_COMPONENTS.includes(line.component));
  for (const grade of STATION_GRADES) {
    const sum = kept.reduce((total, line) => total + rateOf(line, grade), 0);
    if (sum > ceilings[grade]) {
      problems.push({ code: 'clearing-rule.agency-fee-too-high', grade, sum, ceiling: ceilings[grade] });
    }
  }
  return problems;
}

function sharesProblem(part: 'rest' | 'refundFee', lines: readonly ShareLine[]): ClearingRuleProblem[] {
  const sum = lines.reduce((total, line) => total + line.basisPoints, 0);
  const whole = sum === 10_000 && lines.every((line) => isShare(line.basisPoints));
  return whole ? [] : [{ code: 'clearing-rule.shares-not-whole', part, sum }];
}

function isShare(basisPoints: number): boolean {
  return Number.isSafeInteger(basisPoints) && basisPoints >= 0 && basisPoints <= 10_000;
}

function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0;
}
