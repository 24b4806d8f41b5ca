import { sm3Hex } from '../crypto/sm3.ts';
import { invariant } from '../domain/invariant.ts';

/**
 * The chain that ties the events of a stream together (station-link: streams). Two copies of a stream that have the same
 * hash at the same sequence number are the same up to there.
 *
 * One event is hashed as SM3 over these bytes, numbers big endian, text UTF-8:
 *
 *   previous hash (32) | seq (8) | at (8) | tv (2) | type length (2) | type | agg length (2) | agg
 *   | fact length (4) | fact | person: 0 (1), or 1 (1) and the person's digest (32)
 *
 * Every variable part carries its length, so two different events never give the same bytes. `fact` is the JSON text as
 * it was first written: nobody parses and prints it again on the way. A person is covered by a digest only, so that
 * destroying the person leaves the chain whole.
 */
export type ChainedEvent = {
  readonly seq: number;
  readonly type: string;
  readonly tv: number;
  /** Epoch ms on the sender's clock. */
  readonly at: number;
  readonly agg: string;
  /** JSON text. */
  readonly fact: string;
  /** 64 lower-case hexadecimal digits, or null for an event without a person. */
  readonly personHash: string | null;
};

const HASH_BYTES = 32;
const UTF8_BYTES_MAX = 3;
const TWO_32 = 2 ** 32;
const FIXED_BYTES = HASH_BYTES + 8 + 8 + 2 + 2 + 2 + 4 + 1;

/** What stands for the hash before the first event of a stream. */
export const CHAIN_START = '0'.repeat(2 * HASH_BYTES);

/** Where events are laid out to be hashed, one at a time: a fresh buffer for each costs as much as the hash. */
let desk = Buffer.allocUnsafe(4096);

/** Hash of an event after `previous`, 64 lower-case hexadecimal digits. */
export function eventHash(previous: string, event: ChainedEvent): string {
  const { seq, at, tv, type, agg, fact, personHash } = event;
  invariant(previous.length === 2 * HASH_BYTES, 'a chain hash has 64 hexadecimal digits', { previous });
  const bytesMax = FIXED_BYTES + HASH_BYTES + UTF8_BYTES_MAX * (type.length + agg.length + fact.length);
  if (desk.length < bytesMax) desk = Buffer.allocUnsafe(2 * bytesMax);

  let end = desk.write(previous, 0, 'hex');
  end = writeWhole(seq, end);
  end = writeWhole(at, end);
  end = desk.writeUInt16BE(tv, end);
  const typeBytes = desk.write(type, end + 2);
  end = desk.writeUInt16BE(typeBytes, end) + typeBytes;
  const aggBytes = desk.write(agg, end + 2);
  end = desk.writeUInt16BE(aggBytes, end) + aggBytes;
  const factBytes = desk.write(fact, end + 4);
  end = desk.writeUInt32BE(factBytes, end) + factBytes;
  end = desk.writeUInt8(personHash ? 1 : 0, end);
  if (personHash) end += desk.write(personHash, end, 'hex');
  const bytes = FIXED_BYTES + typeBytes + aggBytes + factBytes + (personHash ? HASH_BYTES : 0);
  invariant(end === bytes, 'a chain hash or person digest is not hexadecimal', { previous, personHash });
  return sm3Hex(desk.subarray(0, end));
}

/** A whole number as eight bytes. */
function writeWhole(value: number, at: number): number {
  invariant(Number.isSafeInteger(value) && value >= 0, 'a number in the chain is whole', { value });
  return desk.writeUInt32BE(value % TWO_32, desk.writeUInt32BE(Math.floor(value / TWO_32), at));
}
