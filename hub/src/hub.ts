import type { Clock } from '@lianpiao/shared/clock';
import type { StationCode } from '@lianpiao/shared/domain/codes';
import type { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import type { PaperMaker } from '@lianpiao/shared/store/tickets/ticket-paper';
import type { AskStation } from './ask-station.ts';
import type { MoneyHooks } from './inventory/money-hooks.ts';
import type { PaymentProvider } from './payments/payment-provider.ts';
import type { HubStore } from './store/hub-store.ts';

/** Home of the tickets that the hub sold, and its name as a party. */
export const HUB = 'hub';

/**
 * Region and station part of the hub's own ticket numbers: the province, and a station number that is never given to a
 * station.
 */
export const HUB_STATION = '330000900' as StationCode;

/** What a verb of the hub works with. `newId` makes identifiers that nobody can guess. */
export type Hub = {
  readonly store: HubStore;
  readonly persons: PersonVault;
  readonly room: DiskRoom;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Asks a station over the link; never inside a transaction. */
  readonly ask: AskStation;
  readonly money: MoneyHooks;
  readonly paper: PaperMaker;
  readonly provider: PaymentProvider;
  /** One line of the log: `event` is `noun.verbed`. Never a name or a document number. */
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
};
