import type { StationCode } from '@lianpiao/shared/domain/codes';
import type { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import type { AgentStore } from './store/open-agent-store.ts';

/** What a verb of the station works with. `newId` makes identifiers that nobody can guess. */
export type Agent = {
  readonly store: AgentStore;
  readonly station: { readonly code: StationCode; readonly name: string };
  readonly persons: PersonVault;
  readonly room: DiskRoom;
  readonly newId: () => string;
};

/** The hub's name as a peer on the streams, and as the home of tickets that it sold. */
export const HUB = 'hub';
