import { type ClearedPart, clear, splitRefundFee } from '@lianpiao/shared/domain/clear';
import {
  type ClearingOccasion,
  type ClearingRule,
  type MatchRefusal,
  matchRule,
  type PartyId,
  type PartyRole,
  type StationGrade,
} from '@lianpiao/shared/domain/clearing-rules';
import type { FareType } from '@lianpiao/shared/domain/fare-type';
import { type Fen, fen } from '@lianpiao/shared/domain/money';
import { done, type Outcome } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Channel } from '@lianpiao/shared/domain/ticket-number';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { kindOfSeller, knowParty, PLATFORM } from '../ledger/known-parties.ts';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type Split = { readonly ruleId: string; readonly ruleVersion: string; readonly parts: readonly ClearedPart[] };
export type Parties = Readonly<Record<PartyRole, PartyId>>;
export type SplitTicket = Pick<
  TicketRow,
  'ticketNo' | 'fareFen' | 'fareType' | 'channel' | 'seller' | 'soldAt' | 'fromStop' | 'toStop'
>;

/** Rules that counted at the sale. A retired rule still clears what was sold under it. */
const validAt = statement((db, t: HubTables) =>
  db
    .select({ body: t.clearingRules.body })
    .from(t.clearingRules)
    .where(
      and(
        sql`${t.clearingRules.state} in ('active', 'retired')`,
        lte(t.clearingRules.validFrom, value('at')),
        or(isNull(t.clearingRules.validTo), gt(t.clearingRules.validTo, value('at'))),
      ),
    ),
);

const station = statement((db, t: HubTables) =>
  db
    .select({ grade: t.stations.grade, region: t.stations.region })
    .from(t.stations)
    .where(eq(t.stations.code, value('code'))),
);

const GRADES: readonly StationGrade[] = ['I', 'II', 'III', 'IV'];

/**
 * 清分 of one ticket: by the rule that counted when it was sold, among the parties of the trip that ran. Refused when no
 * rule or more than one matches; then nothing is guessed and the ticket waits for a person.
 */
export async function splitTicket(
  on: HubReader,
  trip: Trip,
  ticket: SplitTicket,
  occasion: ClearingOccasion,
): Promise<Outcome<Split, MatchRefusal>> {
  const { rule, grade, parties } = await ruleFor(on, trip, ticket, occasion);
  if (!rule.ok) return rule;
  const { ticketNo, fareFen, fromStop, toStop } = ticket;
  const km = trip.stops[toStop]!.km - trip.stops[fromStop]!.km;
  const carriage = [{ carrier: trip.carrier, km }];
  const parts = clear({ ticketNo, fareFen: fen(fareFen), grade, parties, carriage }, rule.value);
  return done({ ruleId: rule.value.id, ruleVersion: rule.value.version, parts });
}

/** The fee of a refund, split by the same rule. */
export async function splitFee(
  on: HubReader,
  trip: Trip,
  ticket: SplitTicket,
  feeFen: Fen,
): Promise<Outcome<Split, MatchRefusal>> {
  const { rule, parties } = await ruleFor(on, trip, ticket, 'travelled');
  if (!rule.ok) return rule;
  const parts = splitRefundFee(feeFen, parties, rule.value.refundFee);
  return done({ ruleId: rule.value.id, ruleVersion: rule.value.version, parts });
}

/** Who is who to a ticket. A stop that is not a station belongs to the trip's origin. */
export function partiesOf(trip: Trip, ticket: Pick<TicketRow, 'fromStop' | 'seller'>): Parties {
  const boarding = trip.stops[ticket.fromStop]?.station ?? trip.origin;
  return { carrier: trip.carrier, station: boarding, seller: ticket.seller, platform: PLATFORM };
}

/** Enters the parties of a ticket, so that each has a name on a statement. */
export async function knowParties(tx: HubTx, { carrier, station: code, seller }: Parties): Promise<void> {
  await knowParty(tx, carrier, 'carrier');
  await knowParty(tx, code, 'station');
  await knowParty(tx, seller, kindOfSeller(seller));
}

async function ruleFor(on: HubReader, trip: Trip, ticket: SplitTicket, occasion: ClearingOccasion) {
  const parties = partiesOf(trip, ticket);
  const [known] = await station(on, { code: parties.station });
  const facts = {
    line: trip.lineCode,
    region: known?.region ?? parties.station.slice(0, 6),
    // A published trip does not name its class of line: only rules for every class match.
    routeClass: '',
    fareType: ticket.fareType as FareType,
    channel: ticket.channel as Channel,
    relation: parties.seller === parties.station ? ('own' as const) : ('remote' as const),
    occasion,
  };
  const rule = matchRule(await rulesAtSale(on, ticket.soldAt), facts, ticket.soldAt);
  // A station that is not on the list has the lowest ceiling: nothing too much is kept from a carrier.
  return { rule, parties, grade: GRADES[(known?.grade ?? 0) - 1] ?? ('simple' as const) };
}

async function rulesAtSale(on: HubReader, at: EpochMs): Promise<ClearingRule[]> {
  const rows = await validAt(on, { at });
  return rows.map(({ body }) => JSON.parse(body) as ClearingRule);
}
