import type { Clock } from '@lianpiao/shared/clock';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { RequestHandlers } from '@lianpiao/shared/link/request-book';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import { paperMaker, type TicketSigner } from '@lianpiao/shared/store/tickets/ticket-paper';
import type { AskStation } from './ask-station.ts';
import type { Hub } from './hub.ts';
import type { MoneyHooks } from './inventory/money-hooks.ts';
import { projections } from './inventory/projections.ts';
import { SeatRequests } from './inventory/seat-requests.ts';
import { TripSearch } from './inventory/trip-search.ts';
import { checkPayments } from './orders/check-payments.ts';
import { expireOrders } from './orders/expire-orders.ts';
import { sendRefunds } from './orders/send-refunds.ts';
import { settleDues } from './orders/settle-dues.ts';
import { stationRequests } from './orders/station-requests.ts';
import type { PaymentProvider } from './payments/payment-provider.ts';
import type { MonthKeys } from './stations/month-keys.ts';
import type { HubStore } from './store/hub-store.ts';
import type { HubTables } from './store/tables.ts';

export type HubParts = {
  readonly store: HubStore;
  readonly persons: PersonVault;
  readonly monthKeys: MonthKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly ask: AskStation;
  readonly money: MoneyHooks;
  readonly signer: TicketSigner;
  readonly provider: PaymentProvider;
  readonly log: Hub['log'];
};

/** Work that comes round by itself: `run` once every `everyMs`, never two at a time. */
export type Job = { readonly name: string; readonly everyMs: number; run(): Promise<unknown> };

/** The hub's business: verbs for its interfaces, handlers for the link, and the jobs that keep every state moving. */
export type HubDesk = {
  readonly hub: Hub;
  readonly search: TripSearch;
  readonly seats: SeatRequests;
  readonly facts: FactHandlers<HubTables>;
  readonly answers: (station: string) => RequestHandlers;
  readonly jobs: readonly Job[];
};

const MINUTE = 60_000;

/** Puts the hub together. `search.load(now)` is the caller's, before anybody searches. */
export function createHub(parts: HubParts): HubDesk {
  const { store, persons, clock, newId, ask, money, provider, log, signer, monthKeys } = parts;
  const paper = paperMaker(signer, { name: '联网售票中心' }, (seller) => seller);
  const hub: Hub = { store, persons, clock, newId, ask, money, paper, provider, log };
  const search = new TripSearch(store);
  return {
    hub,
    search,
    seats: new SeatRequests({ store, ask, newId }),
    facts: projections(hub),
    answers: (station) => stationRequests(hub, monthKeys, station),
    jobs: [
      { name: 'expire-orders', everyMs: 500, run: () => expireOrders(hub, clock.now()) },
      { name: 'settle-dues', everyMs: 500, run: () => settleDues(hub, clock.now()) },
      { name: 'send-refunds', everyMs: 1000, run: () => sendRefunds(hub, clock.now()) },
      { name: 'check-payments', everyMs: 15_000, run: () => checkPayments(hub, clock.now()) },
      { name: 'keep-month-keys', everyMs: 60 * MINUTE, run: () => monthKeys.keep(persons, clock.now()) },
      { name: 'forget-old-trips', everyMs: 60 * MINUTE, run: async () => search.forgetOld(clock.now()) },
    ],
  };
}
