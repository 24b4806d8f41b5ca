import { type Differences, lineOf } from './difference.ts';

/** Writes a line for each difference, as it is found: text for a person, or JSON. Resolves to how many there are. */
export async function reportDifferences(
  differences: Differences,
  { json, write }: { readonly json: boolean; readonly write: (line: string) => void },
): Promise<number> {
  let count = 0;
  for await (const difference of differences) {
    write(`${json ? JSON.stringify(difference) : lineOf(difference)}\n`);
    count += 1;
  }
  if (!json) write(count === 0 ? '没有差异。\n' : `${count} 处差异。\n`);
  return count;
}
