/**
 * `npm run bench -- NAME`: a part of the product against the raw part that bounds it, in the same run on the same machine.
 * The last line is JSON: {"name","ours","limit","ratio","unit"}; ratio 1 is the limit, bigger is better.
 */

import { backlogBench } from './backlog.ts';
import { claimsBench } from './claims.ts';
import { linkBench } from './link.ts';
import { provinceLinkBench } from './province-link.ts';
import type { BenchResult } from './result.ts';
import { saleBench } from './sale.ts';
import { searchBench } from './search.ts';
import { seatRequestBench } from './seat-request.ts';
import { stormBench } from './storm.ts';

const BENCHES: Readonly<Record<string, () => Promise<BenchResult>>> = {
  sale: saleBench,
  search: searchBench,
  link: linkBench,
  'province-link': provinceLinkBench,
  claims: claimsBench,
  storm: stormBench,
  backlog: backlogBench,
  'seat-request': seatRequestBench,
};

const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (!bench) {
  console.error(`用法 usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exit(2);
}
const result = await bench();
const rounded = {
  ...result,
  ours: round(result.ours),
  limit: round(result.limit),
  ratio: round(result.lessIsBetter ? result.limit / result.ours : result.ours / result.limit),
};
console.log(
  JSON.stringify({
    name: rounded.name,
    ours: rounded.ours,
    limit: rounded.limit,
    ratio: rounded.ratio,
    unit: rounded.unit,
  }),
);

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
