import type { FareType } from './fare-type.ts';
import type { Fen } from './money.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import type { EpochMs } from './service-day.ts';
import type { Channel } from './ticket-number.ts';

/** Party of the settlement: a carrier, station, outlet, insurer, payment body or the platform. Names the account `party:{id}`. */
export type PartyId = string;

/** What a party is to a ticket. `station` is the boarding station, `seller` whoever sold: often the same party. */
export type PartyRole = 'carrier' | 'station' | 'seller' | 'platform';

/** Grade of a station (JT/T 200); `simple` stands for grade V and simple stations. */
export type StationGrade = 'I' | 'II' | 'III' | 'IV' | 'simple';
export const STATION_GRADES: readonly StationGrade[] = ['I', 'II', 'III', 'IV', 'simple'];

/** Whom a line pays: by role, whoever that is for the ticket, or one named party. */
export type PartyRef = { readonly role: PartyRole } | { readonly id: PartyId };

export type ClearingComponent =
  | 'stationFee'
  | 'fuelSurcharge'
  | 'agencyFee'
  | 'sellerFee'
  | 'platformFee'
  | 'carriage'
  | 'refundFee';

/** A fixed amount per ticket, taken from the fare first, as far as the fare goes. */
export type FixedLine = {
  readonly component: ClearingComponent;
  readonly to: PartyRef;
  readonly amountFen: Fen;
};

/** A share of the fare without its fixed parts, in basis points, for all stations alike or by the boarding station's grade. */
export type FeeLine = {
  readonly component: ClearingComponent;
  readonly to: PartyRef;
  readonly rate: number | Readonly<Record<StationGrade, number>>;
  readonly floorFen: Fen | null;
  readonly ceilingFen: Fen | null;
};

export type ShareLine = { readonly to: PartyRef; readonly basisPoints: number };

/** Who gets what is left: shares that sum to 10,000, or the carriers by the kilometres each of them ran. */
export type Rest = { readonly by: 'shares'; readonly lines: readonly ShareLine[] } | { readonly by: 'kilometres' };

/** Every key that is null matches anything. `relation`: the boarding station sold the ticket itself, or somebody else did. */
export type ClearingMatch = {
  readonly line: readonly string[] | null;
  readonly region: readonly string[] | null;
  readonly routeClass: readonly string[] | null;
  readonly fareType: readonly FareType[] | null;
  readonly channel: readonly Channel[] | null;
  readonly relation: 'own' | 'remote' | null;
  readonly occasion: ClearingOccasion | null;
};

/** Why a ticket clears: it travelled, or its passenger did not come (误乘). */
export type ClearingOccasion = 'travelled' | 'noShow';

/** How a fare is split among the parties (拆账协议), as data with validity. */
export type ClearingRule = {
  readonly id: string;
  readonly version: string;
  readonly validFrom: EpochMs;
  /** The first instant at which it no longer counts; null without an end. */
  readonly validTo: EpochMs | null;
  /** Of all rules that match, the greatest priority counts; two alike are an error, never a guess. */
  readonly priority: number;
  readonly match: ClearingMatch;
  readonly fixed: readonly FixedLine[];
  readonly fees: readonly FeeLine[];
  readonly rest: Rest;
  /** Who gets the fee of a refund 退票手续费: shares that sum to 10,000. */
  readonly refundFee: readonly ShareLine[];
};

/** What a rule is chosen by. */
export type MatchFacts = {
  readonly line: string;
  /** Region of the boarding station. */
  readonly region: string;
  readonly routeClass: string;
  readonly fareType: FareType;
  readonly channel: Channel;
  readonly relation: 'own' | 'remote';
  readonly occasion: ClearingOccasion;
};

export type MatchRefusal =
  | { readonly code: 'clearing.unmatched' }
  | { readonly code: 'clearing.ambiguous'; readonly rules: readonly string[] };

/** The rule of a ticket. `at` is the time of the sale: the formula follows the version of the sale, whenever the ticket clears. */
export function matchRule(
  rules: readonly ClearingRule[],
  facts: MatchFacts,
  at: EpochMs,
): Outcome<ClearingRule, MatchRefusal> {
  const matching = rules.filter(
    (rule) => rule.validFrom <= at && (rule.validTo === null || at < rule.validTo) && matches(rule.match, facts),
  );
  const highest = Math.max(...matching.map((rule) => rule.priority));
  const [rule, ...rivals] = matching.filter((each) => each.priority === highest);
  if (!rule) return refuse({ code: 'clearing.unmatched' });
  if (rivals.length === 0) return done(rule);
  return refuse({ code: 'clearing.ambiguous', rules: [rule, ...rivals].map((each) => each.id).sort() });
}

/** The rate of a fee line at a station of that grade, in basis points. */
export function rateOf(line: FeeLine, grade: StationGrade): number {
  return typeof line.rate === 'number' ? line.rate : line.rate[grade];
}

function matches(match: ClearingMatch, facts: MatchFacts): boolean {
  return (
    (match.line === null || match.line.includes(facts.line)) &&
    (match.region === null || match.region.includes(facts.region)) &&
    (match.routeClass === null || match.routeClass.includes(facts.routeClass)) &&
    (match.fareType === null || match.fareType.includes(facts.fareType)) &&
    (match.channel === null || match.channel.includes(facts.channel)) &&
    (match.relation === null || match.relation === facts.relation) &&
    (match.occasion === null || match.occasion === facts.occasion)
  );
}
