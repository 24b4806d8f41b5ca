import type { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import type { SessionTls } from '@lianpiao/shared/link/mqtt-session';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { DiskRoom } from '@lianpiao/shared/store/disk/disk-room';
import type { StreamArchive } from '@lianpiao/shared/store/pruning/stream-archive';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { StationClock } from '../time/station-clock.ts';

/** What the station's end of the link is made of. */
export type LinkLoopOptions = {
  readonly store: AgentStore;
  readonly station: string;
  /** `mqtts://host:port`, in the order of preference. */
  readonly brokers: readonly [string, ...string[]];
  readonly tls: SessionTls;
  readonly keys: MacKeys;
  readonly installId: string;
  readonly agentVersion: string;
  readonly clock: StationClock;
  readonly room: DiskRoom;
  readonly archive?: StreamArchive;
  readonly log: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Called between commit and acknowledgement of a batch. */
  readonly committed?: (lane: Lane) => void;
};
