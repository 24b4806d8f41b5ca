import type { AllotmentRule } from './allotment.ts';
import type { BoardingRules } from './boarding-rules.ts';
import { type FareRules, NATIONAL_FARE_RULES } from './fare-type.ts';
import { HELD_SEATS_MAX, type HoldRules } from './hold-rules.ts';
import { invariant } from './invariant.ts';
import { fen } from './money.ts';
import type { RebookRules } from './rebook-rules.ts';
import type { RefundRules } from './refund-rules.ts';
import type { SaleRules } from './sale-rules.ts';
import type { EpochMs } from './service-day.ts';
import type { VoidRules } from './void-rules.ts';

/**
 * One version of the rules of sale (F2.3): plain data, so that it travels to stations as it is.
 *
 * A ticket stores the version it was sold under; fees and refund tiers follow that version for as long as it lives.
 */
export type RuleSet = {
  readonly version: string;
  readonly validFrom: EpochMs;
  /** The first instant at which it no longer counts; null without an end. */
  readonly validTo: EpochMs | null;
  readonly sale: SaleRules;
  readonly hold: HoldRules;
  readonly refund: RefundRules;
  readonly void: VoidRules;
  readonly rebook: RebookRules;
  readonly fareTypes: FareRules;
  readonly boarding: BoardingRules;
  readonly reportIn: ReportInRules;
  readonly settlement: { readonly daysMax: number };
  readonly personalData: { readonly keepDays: number };
  /** 票源: seats that stations give the hub by themselves. Where no rule names a trip its station's standing orders count. */
  readonly allotments?: readonly AllotmentRule[];
};

/** 报班: the vehicle reports in that long before departure, inspected the same day; that long after it the trip is missed 脱班. */
export type ReportInRules = {
  readonly minutesBefore: number;
  readonly missedMinutesAfter: number;
};

/** The rules that hold where nobody has set others (domain.md "Rules with their numbers"). */
export const DEFAULT_RULES: RuleSet = {
  version: 'national-1',
  validFrom: 0,
  validTo: null,
  sale: {
    presaleDays: 15,
    onlineStopMinutes: 30,
    ticketsMax: 5,
    realName: { required: true, freeChildren: false },
  },
  hold: { stationMinutes: 10, onlineMinutes: 15, onlineEndsMinutesBefore: 15, seatsMax: HELD_SEATS_MAX },
  refund: {
    tiers: [
      { name: 'early', minutesBeforeMin: 120, feeBasisPoints: 1000, feeMinFen: fen(50) },
      { name: 'late', minutesBeforeMin: 0, feeBasisPoints: 2000, feeMinFen: fen(100) },
    ],
    onlineUntilMinutes: 24 * 60,
    quoteMinutes: 10,
    overruleCodes: ['carrierFault', 'stationFault', 'delay', 'weather'],
  },
  void: { minutes: 30 },
  rebook: { timesMax: 1, sameLine: true, sameVehicleClass: true, feeBasisPoints: 0 },
  fareTypes: NATIONAL_FARE_RULES,
  boarding: { opensMinutesBefore: 30, closesMinutesBefore: 2 },
  reportIn: { minutesBefore: 30, missedMinutesAfter: 30 },
  settlement: { daysMax: 7 },
  personalData: { keepDays: 365 },
};

/** The rules at an instant: of those valid the one that began last, of two that began together the greater version. One must be valid: `DEFAULT_RULES` always is. */
export function ruleSetAt(sets: readonly RuleSet[], at: EpochMs): RuleSet {
  const valid = sets.filter((set) => set.validFrom <= at && (set.validTo === null || at < set.validTo));
  const [latest] = valid.toSorted((a, b) => b.validFrom - a.validFrom || (a.version < b.version ? 1 : -1));
  invariant(latest, 'some rules are valid at every instant', { at, versions: sets.map((set) => set.version) });
  return latest;
}

/** The rules a ticket was sold under; undefined where that version has not arrived yet. */
export function ruleSetOf(sets: readonly RuleSet[], version: string): RuleSet | undefined {
  return sets.find((set) => set.version === version);
}
