/** A rule of the product that is switched off: the simulator has to notice. */
export type Mutant = readonly {
  /** End of the path of the source. */
  readonly file: string;
  readonly rule: string;
  readonly instead: string;
}[];

export const MUTANTS: Readonly<Record<string, Mutant>> = {};
