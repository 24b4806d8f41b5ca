import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { positionsOf, receivedHash, sentHash } from '@lianpiao/shared/link/stream-rows';
import { comparePositions, LANES, type LinkFinding } from '@lianpiao/shared/protocol/compare-positions';
import type { Hello, LanePositions } from '@lianpiao/shared/protocol/messages';
import { agreedMinor, SPOKEN } from '@lianpiao/shared/protocol/versions';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import { endFork, forkToGiveUp } from '../forks/fork-under-way.ts';
import { sayUnsaid } from '../gates/say-unsaid.ts';
import { takeForWords } from '../gates/told-ends.ts';
import { noteHeads } from '../restore/finish-restore.ts';
import { restoreWait } from '../restore/restore-waits.ts';
import { knowRanges } from '../stations/know-ranges.ts';
import { leaseNumbers } from '../stations/lease-numbers.ts';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';
import { forgetHeads, keepAdmission, keepHeads, stationDbId, stationRecord, toldHeads } from './station-record.ts';

export type Admission = {
  readonly lease: number;
  readonly incarnation: number;
  readonly minor: number;
  readonly ours: LanePositions;
  readonly notices: readonly LinkFinding[];
  /** The station has lost events that the hub holds: it fetches them under this lease, and nothing else runs. */
  readonly behind: boolean;
  /** The hub was restored, and the station holds facts that the hub has lost: the hub fetches them first. */
  readonly ahead: boolean;
  /** A person has picked the hub's history in this fork: under this lease the station gives its own up, and nothing else runs. */
  readonly fork: number | undefined;
};
export type HelloRefusal = { readonly code: HelloCode | LinkFinding['code']; readonly detail: string };
type HelloCode =
  | 'link.no-common-version'
  | 'link.not-enrolled'
  | 'link.other-machine'
  | 'link.other-database'
  | 'link.unknown-incarnation';

/**
 * Judges a hello and gives the lease, in one transaction (station-link: session). A station is bound to the machine that
 * was enrolled and to the database that it first came with; what it sent and received must fit what is here. One that
 * cannot prove that its database is its newest gets a new incarnation, and number ranges that nobody has used, when it has
 * all that the hub holds of it.
 */
export function judgeHello(store: HubStore, hello: Hello, now: EpochMs): Promise<Outcome<Admission, HelloRefusal>> {
  const { st: station, lanes } = hello;
  return store.transaction(async (tx): Promise<Outcome<Admission, HelloRefusal>> => {
    const minor = agreedMinor(SPOKEN, hello.versions);
    const { oldest, newest } = hello.versions;
    if (minor === undefined)
      return refuse({ code: 'link.no-common-version', detail: `the station speaks ${oldest} to ${newest}` });

    const identity = await judgeIdentity(tx, hello);
    if (!identity.ok) return identity;
    const fork = await forkToGiveUp(tx, hello);
    const copies = fork
      ? done({ notices: [], behind: true, ahead: false })
      : await judgeCopies(tx, hello, await positionsOf(tx, station));
    if (!copies.ok) return copies;

    const lease = identity.value.lease + 1;
    const known = Math.max(1, identity.value.incarnation, identity.value.restored ? hello.inc : 0);
    const { notices, behind, ahead } = copies.value;
    const begins = !hello.proven && !behind && !ahead;
    const incarnation = begins ? known + 1 : known;
    await keepAdmission(tx, hello, lease, incarnation, now);
    if (begins) {
      await forgetHeads(tx, station);
      await endFork(tx, hello, now);
      await leaseNumbers(tx, station, now, true);
    }
    await knowRanges(tx, hello, now);
    if (!behind && !ahead) await noteHeads(tx, station, lanes);
    const heads = LANES.map((lane) => ({ lane, head: lanes[lane].out.next - 1, hash: lanes[lane].out.headHash }));
    await keepHeads(tx, station, heads, now);
    const whole = !behind && !ahead;
    if (whole) await takeForWords(tx, station, lanes.seat.in.ack);
    await keepAgreedMinor(tx, station, minor, now);
    // While a side gets back what it lost, the places behind its head belong to that.
    if (whole) await sayUnsaid(tx, station, now);
    const ours = await positionsOf(tx, station);
    return done({ lease, incarnation, minor, ours, notices, behind, ahead, fork });
  });
}

/** True when the hello comes from another machine than the enrolled one: a copy, which must not disturb the station. */
export async function isCopy(on: HubReader, { st: station, installId }: Hello): Promise<boolean> {
  const known = await stationRecord(on, station);
  return known?.installId != null && known.installId !== installId;
}

async function judgeIdentity(tx: HubTx, { st: station, installId, dbId, inc, proven }: Hello) {
  const known = await stationRecord(tx, station);
  if (!known?.installId || known.state !== 'enrolled') return refuse({ code: 'link.not-enrolled', detail: station });
  if (known.installId !== installId) return refuse({ code: 'link.other-machine', detail: installId });
  const knownDb = await stationDbId(tx, station);
  if (knownDb !== undefined && knownDb !== dbId) return refuse({ code: 'link.other-database', detail: dbId });
  const expected = Math.max(1, known.incarnation);
  // A restored hub has forgotten incarnations that it gave.
  const restored = (await restoreWait(tx, station)) !== undefined;
  if (inc !== 0 && inc !== expected && (inc > expected ? !restored : proven))
    return refuse({ code: 'link.unknown-incarnation', detail: `it says ${inc}, its own is ${expected}` });
  return done({ ...known, restored });
}

async function judgeCopies(
  tx: HubTx,
  { st: station, lanes, proven }: Hello,
  ours: LanePositions,
): Promise<Outcome<Pick<Admission, 'notices' | 'behind' | 'ahead'>, LinkFinding>> {
  const told = await toldHeads(tx, station);
  const shrunk = LANES.find((lane) => lanes[lane].out.next - 1 < (told.get(lane) ?? 0));
  if (shrunk && proven) {
    const detail = `it once had ${told.get(shrunk)}, now has ${lanes[shrunk].out.next - 1}`;
    return refuse({ code: 'link.peer-restored', lane: shrunk, detail });
  }
  const [kept, heard] = [new Map<string, string | undefined>(), new Map<string, string | undefined>()];
  for (const lane of LANES) {
    kept.set(lane, await sentHash(tx, station, lane, lanes[lane].in.ack));
    heard.set(lane, await receivedHash(tx, station, lane, lanes[lane].out.next - 1));
  }
  const { fatals, notices } = comparePositions(
    ours,
    lanes,
    (lane) => kept.get(lane),
    (lane) => heard.get(lane),
  );
  const found = (code: LinkFinding['code']) => fatals.find((finding) => finding.code === code);
  // Each side may fetch what it has lost when it knows that it was restored, and has a beginning of what it once sent.
  const [behind, ahead] = [found('link.peer-restored'), found('link.we-were-restored')];
  const fork = found('link.streams-forked');
  if (fork) return refuse(fork);
  // It holds what this hub has never told, or has confirmations of what this hub does not hold.
  const lost = LANES.find((lane) => lanes[lane].out.acked > ours[lane].in.ack);
  const unnoticed: LinkFinding | undefined =
    ahead ?? (lost && { code: 'link.we-were-restored', lane: lost, detail: `once confirmed ${lanes[lost].out.acked}` });
  if (unnoticed && !(await restoreWait(tx, station))) return refuse(unnoticed);
  if (behind && proven) return refuse(behind);
  return done({ notices, behind: behind !== undefined, ahead: ahead !== undefined });
}
