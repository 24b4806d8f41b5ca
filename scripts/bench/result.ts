/** What a bench found: ours against the raw part that bounds it, in the same unit. */
export type BenchResult = {
  readonly name: string;
  readonly ours: number;
  readonly limit: number;
  readonly unit: string;
  /** Where less is better the limit is divided by ours. */
  readonly lessIsBetter?: boolean;
};
