import { setTimeout as sleep } from 'node:timers/promises';
import { done } from '@lianpiao/shared/domain/outcome';
import { emitSales, madeUpSales } from '../scenarios/emit-sales.ts';
import { HANGZHOU, type LinkRig } from '../scenarios/link-rig.ts';
import type { ThrottledLine } from './throttled-line.ts';

const EVENTS = 60_000;
/** 2 Mbps and 300 ms there and back. */
const UPLINK = { bitsPerSecond: 2_000_000, delayMs: 150 };
const ASK_MS = 100;
const LOOK_MS = 20;

/** How long it took, and how many seat requests were asked meanwhile; an unanswered one took forever. In ms, but for `seconds`. */
export type Drained = {
  readonly seconds: number;
  readonly asked: number;
  readonly p50: number;
  readonly p99: number;
};

/** A station of the rig is 8 hours off line, sells 60,000 tickets and comes back over a thin line; the hub asks it for seats all the while. */
export async function drainBacklog(rig: LinkRig, line: ThrottledLine): Promise<Drained> {
  const { hub } = await rig.hub({ facts: () => ({ 'ticket.sold': async () => undefined }) });
  const station = await rig.station(HANGZHOU, {
    brokers: [`mqtts://127.0.0.1:${line.port}`],
    answers: { 'seat.request': async ({ count }) => done({ granted: count }) },
  });
  const online = async () => {
    while (!station.link.state().online) await sleep(LOOK_MS);
  };
  await online();
  line.fallSilent();
  line.cut();
  await emitSales(station.store, madeUpSales(0, EVENTS), 100);
  line.setQuality(UPLINK);
  line.speakAgain();
  line.cut();
  await online();

  const startedAt = performance.now();
  const took: number[] = [];
  const wish = { tripId: `${HANGZHOU}-20251121-K101`, from: 0, to: 1, count: 1 };
  while (station.link.state().queued > 0) {
    const askedAt = performance.now();
    const answer = await hub.request(HANGZHOU, 'seat.request', wish);
    took.push(answer.ok ? Math.round(performance.now() - askedAt) : Number.POSITIVE_INFINITY);
    await sleep(ASK_MS);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.ceil(took.length * share) - 1]!;
  return { seconds, asked: took.length, p50: at(0.5), p99: at(0.99) };
}
