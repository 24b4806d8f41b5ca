import type { Run } from '../province/run-state.ts';
import { rows } from './rows.ts';
import { sellsByItsRows } from './seat-checks.ts';

const TO_SEND = 'SELECT coalesce(sum(next - 1 - acked), 0) AS n FROM stream_out';
const PINNED = "SELECT count(*) AS n FROM exchanges WHERE state = 'pinned'";
type Count = { readonly n: number };

/** What is still to come, in words; nothing when everything has arrived and been applied. */
export function restlessness(run: Run): string[] {
  const found = [...run.underWay].map((label) => `waiting: ${label}`);
  const everybodySells = run.nodes.every((node) => sellsByItsRows(run, node));
  for (const station of everybodySells ? run.stations : []) {
    const [pinned] = rows<Count>(station, PINNED);
    if (pinned!.n > 0) found.push(`${station.name} waits for ${pinned!.n} exchanges`);
  }
  for (const node of run.nodes) {
    if (!node.isUp) found.push(`${node.name} is not up`);
    if (!sellsByItsRows(run, node)) continue;
    const [inbox] = rows<Count>(node, "SELECT count(*) AS n FROM inbox WHERE state <> 'done'");
    if (inbox!.n > 0) found.push(`${node.name} has ${inbox!.n} facts to apply`);
    const away = run.stations.filter((station) => !sellsByItsRows(run, station)).map(({ name }) => name);
    const [out] = rows<Count>(
      node,
      `${TO_SEND} WHERE peer NOT IN (SELECT value FROM json_each(?))`,
      JSON.stringify(away),
    );
    if (out!.n > 0) found.push(`${node.name} has ${out!.n} facts to send`);
  }
  return found;
}
