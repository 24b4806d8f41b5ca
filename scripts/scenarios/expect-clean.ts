import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import type { AgentStore } from '@lianpiao/agent/store/open-agent-store';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { type Differences, lineOf } from '@lianpiao/shared/fsck/difference';
import { expect } from 'vitest';

type AtHub = { readonly store: HubStore };
type AtStation = { readonly store: AgentStore; readonly station: { readonly code: string } };

/** What is kept at the hub and at these stations follows from what was said: fsck finds nothing. Their number ranges come from the fixture, and nobody has leased them. */
export async function expectClean(hub: AtHub | undefined, ...stations: readonly AtStation[]): Promise<void> {
  const found = hub ? await linesOf(findAtHub(hub.store.read)) : [];
  for (const { store, station } of stations)
    found.push(...(await linesOf(findAtStation(store.read, station.code))).map((line) => `${station.code} ${line}`));
  expect(found).toEqual([]);
}

async function linesOf(differences: Differences): Promise<string[]> {
  const lines: string[] = [];
  for await (const difference of differences)
    if (!difference.what.startsWith('numbers.')) lines.push(lineOf(difference));
  return lines;
}
