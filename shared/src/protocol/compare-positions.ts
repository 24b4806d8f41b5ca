import type { Lane } from './events.ts';
import type { LanePosition, LanePositions } from './messages.ts';

/**
 * What two sides of a link find when they compare their copies of the streams (station-link: session). Both the hub at
 * hello and the station at welcome look, each at both directions.
 */
export type LinkFinding = {
  readonly code: 'link.peer-restored' | 'link.we-were-restored' | 'link.streams-forked' | 'link.peer-lost-events';
  readonly lane: Lane;
  readonly detail: string;
};

/** The chain at a sequence number of a stream, as our rows have it; undefined where the row is not kept. */
export type HashAt = (lane: Lane, seq: number) => string | undefined;

export const LANES: readonly Lane[] = ['seat', 'ev'];

/**
 * Findings that stop the link, worst first, and notices that do not: a peer that lost acknowledged events gets them again.
 * `hashAt` is of our outbox where they end, `heardAt` of our inbox where they say that their stream ends.
 */
export function comparePositions(
  ours: LanePositions,
  theirs: LanePositions,
  hashAt: HashAt,
  heardAt: HashAt = () => undefined,
): {
  readonly fatal: LinkFinding | undefined;
  /** Every finding that stops the link. */
  readonly fatals: readonly LinkFinding[];
  readonly notices: readonly LinkFinding[];
} {
  const findings = LANES.flatMap((lane) => [
    ...ofOurStream(lane, ours[lane], theirs[lane], hashAt),
    ...ofTheirStream(lane, ours[lane], theirs[lane], heardAt),
  ]);
  const fatal = findings.filter((finding) => finding.code !== 'link.peer-lost-events');
  const worst = fatal.find((finding) => finding.code === 'link.streams-forked') ?? fatal[0];
  return {
    fatal: worst,
    fatals: fatal,
    notices: findings.filter((finding) => finding.code === 'link.peer-lost-events'),
  };
}

/** The stream that we send: what they received against what we have. */
function ofOurStream(lane: Lane, { out }: LanePosition, theirs: LanePosition, hashAt: HashAt): LinkFinding[] {
  const { ack, hash } = theirs.in;
  const head = out.next - 1;
  if (ack > head) return [{ code: 'link.we-were-restored', lane, detail: `they hold ${ack}, we only have ${head}` }];
  const known = ack === head ? out.headHash : ack === out.acked ? out.ackedHash : hashAt(lane, ack);
  if (known !== undefined && known !== hash) return [{ code: 'link.streams-forked', lane, detail: `at our ${ack}` }];
  if (ack < out.acked)
    return [{ code: 'link.peer-lost-events', lane, detail: `they confirmed ${out.acked}, now hold ${ack}` }];
  return [];
}

/** The stream that we receive: what we hold against what they still have. */
function ofTheirStream(lane: Lane, ours: LanePosition, { out }: LanePosition, heardAt: HashAt): LinkFinding[] {
  const { ack, hash } = ours.in;
  const head = out.next - 1;
  if (ack > head) {
    const heard = heardAt(lane, head);
    if (heard !== undefined && heard !== out.headHash)
      return [{ code: 'link.streams-forked', lane, detail: `at their ${head}` }];
    return [{ code: 'link.peer-restored', lane, detail: `we hold ${ack}, they only have ${head}` }];
  }
  const known = ack === head ? out.headHash : ack === out.acked ? out.ackedHash : undefined;
  if (known !== undefined && known !== hash) return [{ code: 'link.streams-forked', lane, detail: `at their ${ack}` }];
  return [];
}
