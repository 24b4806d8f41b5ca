import { setTimeout as sleep } from 'node:timers/promises';
import type { HubStore } from '@lianpiao/hub/store/hub-store';
import { enrol, type LinkRig } from '../scenarios/link-rig.ts';

const LOOK_MS = 20;

export type Storm = {
  /** From the start of the new broker until the hub has welcomed every station anew, in ms; infinite where it did not. */
  readonly welcomedMs: number;
};

/** `count` stations that are all on line lose their broker at once, and find another one in its place. */
export async function storm(rig: LinkRig, store: HubStore, count: number, patienceMs: number): Promise<Storm> {
  const codes = Array.from({ length: count }, (_, index) => `3301${String(10_001 + index)}`);
  for (const code of codes) await enrol(store, code);
  const stations: Awaited<ReturnType<LinkRig['station']>>[] = [];
  for (const code of codes) stations.push(await rig.station(code));
  await until(() => stations.every(({ link }) => link.state().online), 120_000);
  const welcomes = () => stations.map(({ notes }) => notes.filter(({ event }) => event === 'link.welcomed').length);
  const before = welcomes();
  await rig.replaceBroker();
  const backAt = performance.now();
  const all = await until(() => welcomes().every((times, index) => times > before[index]!), patienceMs);
  return { welcomedMs: all ? performance.now() - backAt : Number.POSITIVE_INFINITY };
}

async function until(check: () => boolean, ms: number): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(LOOK_MS)) if (check()) return true;
  return check();
}
