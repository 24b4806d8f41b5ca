import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { Child } from './child.ts';
import { type Answer, KeepAlive } from './keep-alive.ts';
import { DATES, diceOf, STOP_CODES } from './province-of-trips.ts';
import type { BenchResult } from './result.ts';
import { median } from './sale.ts';
import type { SearchHubArgs, SearchHubReady } from './search-hub.ts';

const TRIPS = 50_000;
const CONNECTIONS = 256;
const ROUNDS = 5;
const ROUND_MS = 4_000;
/** One sale in so many searches. */
const SEARCHES_PER_SALE = 20;
/** A sale that searches do not show by then is a failure, in ms. */
const VISIBLE_MS_MAX = 1_000;
/** A channel for each connection: one alone may not hold so many unsold seats. */
const TOKENS = Array.from({ length: CONNECTIONS }, (_, index) => `token-of-channel-${index}-of-the-benchmark`);
/** Lengths of answers that the bare handler repeats. */
const LENGTHS_MAX = 5_000;

type Round = { readonly rate: number; readonly sales: number; readonly slowestMs: number; readonly lengths: number[] };

/**
 * Random rides and dates over 50,000 trips, asked over 256 connections, with a sale (a hold of one seat) after every 20
 * searches that the next search for the same ride has to show; against a bare hono handler that answers with as many
 * bytes. Client, hub and bare handler are processes of their own. Sales are not counted, only what they cost the searches.
 */
export async function searchBench(): Promise<BenchResult> {
  const hub = new Child('search-hub.ts', { trips: TRIPS, tokens: TOKENS } satisfies SearchHubArgs);
  const { address, trips, loadMs } = await hub.heard<SearchHubReady>();
  console.log(`${trips} trips, read into memory in ${loadMs} ms`);
  const bare = new Child('bare-search.ts', {});
  const bareAddress = await bare.heard<string>();

  const ours: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const searched = await load(address, round, true);
    const ready = bare.heard();
    bare.send(searched.lengths);
    await ready;
    const limit = await load(bareAddress, round, false);
    const bytes = searched.lengths.reduce((sum, length) => sum + length, 0) / searched.lengths.length;
    console.log(
      `round ${round}: search ${Math.round(searched.rate)}/s, bare ${Math.round(limit.rate)}/s, ${Math.round(bytes)} bytes an answer; ${searched.sales} sales, each seen by the next search, after ${searched.slowestMs.toFixed(1)} ms at most`,
    );
    if (round === 0) continue;
    ours.push(searched.rate);
    limits.push(limit.rate);
  }
  await hub.end();
  await bare.end();
  return { name: 'search', ours: median(ours), limit: median(limits), unit: 'searches/s' };
}

/** Asks over all connections for the time of a round. */
async function load(address: string, seed: number, selling: boolean): Promise<Round> {
  const total = { searches: 0, sales: 0, slowestMs: 0 };
  const lengths: number[] = [];
  const startedAt = performance.now();
  const ask = async (index: number) => {
    const line = new KeepAlive(address);
    const headers = `Host: bench\r\nAuthorization: Bearer ${TOKENS[index]!}`;
    const dice = diceOf(1 + seed * CONNECTIONS + index);
    for (let searches = 1; performance.now() - startedAt < ROUND_MS; searches += 1) {
      const path = rideOf(dice);
      const { body } = good(await line.ask(`GET ${path} HTTP/1.1\r\n${headers}`));
      total.searches += 1;
      if (lengths.length < LENGTHS_MAX) lengths.push(body.length);
      if (!selling || searches % SEARCHES_PER_SALE !== 0) continue;
      const offer = (JSON.parse(body.toString()) as Offer[]).find(({ remaining }) => remaining > 0);
      if (!offer) continue;
      const key = `sale-${seed}-${index}-${searches}`;
      const visible = await sellAndLook(line, { path, headers }, offer, key);
      total.sales += 1;
      total.searches += visible.searches;
      total.slowestMs = Math.max(total.slowestMs, visible.ms);
    }
    line.close();
  };
  const rest = stayAwake();
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => ask(index)));
  rest();
  const { searches, ...sold } = total;
  return { rate: (searches / (performance.now() - startedAt)) * 1000, ...sold, lengths };
}

/**
 * Keeps this process from sleeping until it is told to rest. On a virtual machine waking a sleeping client costs the one that
 * answers it as much as an answer: that is a matter of the machine, not of what is compared here.
 */
function stayAwake(): () => void {
  let awake = true;
  const turn = () => void (awake && setImmediate(turn));
  turn();
  return () => {
    awake = false;
  };
}

type Question = { readonly path: string; readonly headers: string };

/** Holds a seat of an offer, and searches until it shows. */
async function sellAndLook(line: KeepAlive, { path, headers }: Question, offer: Offer, key: string) {
  const { tripId, from, to, remaining } = offer;
  const wish = JSON.stringify({ tripId, from, to, count: 1 });
  const about = `Idempotency-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${wish.length}`;
  good(await line.ask(`POST /channel/v1/holds HTTP/1.1\r\n${headers}\r\n${about}`, wish));
  const heldAt = performance.now();
  for (let searches = 1; ; searches += 1) {
    const { body } = good(await line.ask(`GET ${path} HTTP/1.1\r\n${headers}`));
    const shown = (JSON.parse(body.toString()) as Offer[]).find((each) => each.tripId === tripId);
    const ms = performance.now() - heldAt;
    // Others may have taken seats of this trip as well, but nobody has given one back.
    if (shown && shown.remaining < remaining) return { searches, ms };
    if (ms > VISIBLE_MS_MAX) throw new Error(`a sale on ${tripId} is not seen after ${Math.round(ms)} ms`);
  }
}

function rideOf(dice: (below: number) => number): string {
  const from = dice(STOP_CODES.length);
  const to = (from + 1 + dice(STOP_CODES.length - 1)) % STOP_CODES.length;
  return `/channel/v1/trips?from=${STOP_CODES[from]}&to=${STOP_CODES[to]}&date=${DATES[dice(DATES.length)]}`;
}

function good(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString()}`);
  return answer;
}
