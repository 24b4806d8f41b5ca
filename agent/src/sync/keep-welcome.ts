import type { Welcome } from '@lianpiao/shared/protocol/messages';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { HUB } from '../agent.ts';
import { resumeSelling } from '../selling/resume-selling.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { StationClock } from '../time/station-clock.ts';
import { keepHubIncarnation, keepIncarnation, type LinkIdentity } from './link-identity.ts';
import { beginRecovery } from './recovery.ts';

/** What of a welcome must be durable before there is a session: whom the hub takes us for, and why we may sell again. */
export async function keepWelcome(
  tx: AgentTx,
  { minor, hubIncarnation, incarnation, lanes }: Welcome,
  before: LinkIdentity,
  { clock, installId }: { readonly clock: StationClock; readonly installId: string },
): Promise<void> {
  await resumeSelling(tx, 'fence');
  if (clock.synced) await resumeSelling(tx, 'clock');
  await keepAgreedMinor(tx, HUB, minor, clock.now());
  await keepHubIncarnation(tx, hubIncarnation);
  if (incarnation === before.incarnation) return;
  await keepIncarnation(tx, incarnation);
  await beginRecovery(tx, { theirs: lanes, installId }, clock.now());
}
