import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';

type Out = { readonly peer: string; readonly lane: string; readonly acked: number };
type In = { readonly peer: string; readonly lane: string; readonly ack: number };

const OUT = 'SELECT peer, lane, acked FROM stream_out';
const IN = 'SELECT peer, lane, ack FROM stream_in';

/** What a sender holds for confirmed is durable at the receiver: an acknowledgement never runs ahead of the commit. */
export function checkStreams(run: Run): void {
  const kept = new Map<string, number>();
  for (const node of run.nodes)
    for (const { peer, lane, ack } of rows<In>(node, IN)) kept.set(`${peer} ${node.name} ${lane}`, ack);
  for (const node of run.nodes) {
    for (const { peer, lane, acked } of rows<Out>(node, OUT)) {
      const there = kept.get(`${node.name} ${peer} ${lane}`) ?? 0;
      // A receiver that was restored is told again, or fenced.
      if (acked > there && !run.restored.has(peer))
        run.journal.violated('confirmed and not kept', { from: node.name, to: peer, lane, acked, kept: there });
    }
  }
}
