import type { BenchResult } from './bench.ts';
export async function searchBench(): Promise<BenchResult> { throw new Error('not yet'); }
