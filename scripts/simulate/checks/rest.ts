import type { Run } from '../province/run-state.ts';
import { rows } from './seat-checks.ts';

type Count = { readonly n: number };

/** What is still to come, in words; nothing when everything has arrived and been applied. */
export function restlessness(run: Run): string[] {
  const found = [...run.underWay].map((label) => `waiting: ${label}`);
  for (const node of run.nodes) {
    if (!node.isUp) found.push(`${node.name} is not up`);
    const [inbox] = rows<Count>(node, "SELECT count(*) AS n FROM inbox WHERE state <> 'done'");
    if (inbox!.n > 0) found.push(`${node.name} has ${inbox!.n} facts to apply`);
    const [out] = rows<Count>(node, 'SELECT coalesce(sum(next - 1 - acked), 0) AS n FROM stream_out');
    if (out!.n > 0) found.push(`${node.name} has ${out!.n} facts to send`);
  }
  return found;
}
