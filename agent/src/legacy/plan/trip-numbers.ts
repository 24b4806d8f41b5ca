import { createHash } from 'node:crypto';
import { TRIP_NO_FORM } from '@lianpiao/shared/domain/trip';

const READABLE = 7;
const HASHED = 9;

/**
 * Trip numbers as they may stand in an identifier, for numbers as a legacy system or a feed writes them.
 *
 * A number that already has the form stays. Another one becomes up to 7 of its own letters and digits and 9 of its hash:
 * the same on every machine and next year, whatever other numbers the source has, and different for different numbers.
 */
export function tripNumbers(sourceNumbers: Iterable<string>): ReadonlyMap<string, string> {
  const wanted = [...new Set(sourceNumbers)].sort();
  const plain = wanted.filter((number) => TRIP_NO_FORM.test(number));
  const taken = new Set(plain);
  const numbers = new Map(plain.map((number) => [number, number]));
  for (const source of wanted) {
    if (numbers.has(source)) continue;
    let made = hashed(source, 0);
    for (let salt = 1; taken.has(made); salt += 1) made = hashed(source, salt);
    taken.add(made);
    numbers.set(source, made);
  }
  return numbers;
}

function hashed(source: string, salt: number): string {
  const digest = createHash('sha256').update(`${salt} ${source}`).digest();
  const digits = digest.readBigUInt64BE().toString(36).padStart(HASHED, '0').slice(-HASHED).toUpperCase();
  return `${source.replace(/[^A-Za-z0-9]/g, '').slice(0, READABLE)}${digits}`;
}
