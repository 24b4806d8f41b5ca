import type { Clock } from '@lianpiao/shared/clock';
import type { KioskStore } from './store/open-kiosk-store.ts';
import type { Sealer } from './store/sealer.ts';

/** What a verb of the kiosk works with. `newId` makes identifiers that nobody can guess. */
export type KioskDesk = {
  readonly store: KioskStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly terminal: string;
};
