import { drainBacklog } from '../faults/drain-backlog.ts';
import { GOOD_LINE, ThrottledLine } from '../faults/throttled-line.ts';
import { LinkRig } from '../scenarios/link-rig.ts';
import type { BenchResult } from './result.ts';

const SECONDS_MAX = 60;
const ANSWER_MS_MAX = 1_000;

/** 60,000 events after 8 hours of outage, over 2 Mbps and 300 ms. The limit is what may be: 60 s, and seat requests within 1 s meanwhile. */
export async function backlogBench(): Promise<BenchResult> {
  const rig = await LinkRig.open();
  const line = await ThrottledLine.to(rig.broker.port, GOOD_LINE);
  const { seconds, asked, p50, p99 } = await drainBacklog(rig, line);
  await line.close();
  await rig.close();
  console.log(`${asked} seat requests meanwhile: p50 ${p50} ms, p99 ${p99} ms`);
  if (p99 > ANSWER_MS_MAX)
    throw new Error(`seat requests waited ${p99} ms behind the backlog, more than ${ANSWER_MS_MAX} ms`);
  return { name: 'backlog', ours: seconds, limit: SECONDS_MAX, unit: 's', lessIsBetter: true };
}
