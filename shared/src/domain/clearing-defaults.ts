import type { ClearingMatch, ClearingRule, FeeLine, StationGrade } from './clearing-rules.ts';
import { fen } from './money.ts';

/** Regulated ceiling of what may be kept from the carrier for selling (客运代理费), in basis points of the fare revenue. */
export const AGENCY_FEE_CEILINGS: Readonly<Record<StationGrade, number>> = {
  I: 1000,
  II: 800,
  III: 700,
  IV: 600,
  simple: 600,
};

const ANY: ClearingMatch = {
  line: null,
  region: null,
  routeClass: null,
  fareType: null,
  channel: null,
  relation: null,
  occasion: null,
};

const rated = (
  component: FeeLine['component'],
  role: 'station' | 'seller' | 'platform',
  rate: FeeLine['rate'],
): FeeLine => ({
  component,
  to: { role },
  rate,
  floorFen: null,
  ceilingFen: null,
});

/** The boarding station sold the ticket itself: it has its station fee and the whole agency fee. */
const OWN_SALE: ClearingRule = {
  id: 'own-sale',
  version: 'national-1',
  validFrom: 0,
  validTo: null,
  priority: 10,
  match: { ...ANY, relation: 'own', occasion: 'travelled' },
  fixed: [{ component: 'stationFee', to: { role: 'station' }, amountFen: fen(100) }],
  fees: [rated('agencyFee', 'station', AGENCY_FEE_CEILINGS)],
  rest: { by: 'shares', lines: [{ to: { role: 'carrier' }, basisPoints: 10_000 }] },
  refundFee: [{ to: { role: 'station' }, basisPoints: 10_000 }],
};

/**
 * Another station, an outlet or a channel sold it. Seller and platform are paid out of the agency fee: the carrier never
 * gives more than the ceiling, whoever sells.
 */
const REMOTE_SALE: ClearingRule = {
  ...OWN_SALE,
  id: 'remote-sale',
  match: { ...ANY, relation: 'remote', occasion: 'travelled' },
  fees: [
    rated('agencyFee', 'station', { I: 750, II: 550, III: 450, IV: 350, simple: 350 }),
    rated('sellerFee', 'seller', 200),
    rated('platformFee', 'platform', 50),
  ],
  refundFee: [
    { to: { role: 'seller' }, basisPoints: 5000 },
    { to: { role: 'station' }, basisPoints: 5000 },
  ],
};

/** The passenger did not come: the seat ran empty, the fare is split as if it had been used. */
const noShow = (rule: ClearingRule): ClearingRule => ({
  ...rule,
  id: `${rule.id}-no-show`,
  match: { ...rule.match, occasion: 'noShow' },
});

/** The rules that clear where nobody has set others. They match every ticket, each by exactly one rule. */
export const DEFAULT_CLEARING_RULES: readonly ClearingRule[] = [
  OWN_SALE,
  REMOTE_SALE,
  noShow(OWN_SALE),
  noShow(REMOTE_SALE),
];
