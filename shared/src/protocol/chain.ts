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
const FIXED_BYTES = HASH_BYTES + 8 + 8 + 2 + 2 + 2 + 4 + 1;

/** What stands for the hash before the first event of a stream. */
export const CHAIN_START = '0'.repeat(2 * HASH_BYTES);

/** Hash of an event after `previous`, 64 lower-case hexadecimal digits. */
export function eventHash(previous: string, event: ChainedEvent): string {
  const { type, agg, fact, personHash } = event;
  const typeBytes = Buffer.byteLength(type);
  const aggBytes = Buffer.byteLength(agg);
  const factBytes = Buffer.byteLength(fact);
  invariant(previous.length === 2 * HASH_BYTES, 'a chain hash has 64 hexadecimal digits', { previous });
  invariant(typeBytes <= 0xffff && aggBytes <= 0xffff, 'type and aggregate are short', { type, agg });

  const bytes = Buffer.allocUnsafe(FIXED_BYTES + typeBytes + aggBytes + factBytes + (personHash ? HASH_BYTES : 0));
  let end = bytes.write(previous, 0, 'hex');
  end = bytes.writeBigUInt64BE(BigInt(event.seq), end);
  end = bytes.writeBigUInt64BE(BigInt(event.at), end);
  end = bytes.writeUInt16BE(event.tv, end);
  end = bytes.writeUInt16BE(typeBytes, end);
  end += bytes.write(type, end);
  end = bytes.writeUInt16BE(aggBytes, end);
  end += bytes.write(agg, end);
  end = bytes.writeUInt32BE(factBytes, end);
  end += bytes.write(fact, end);
  end = bytes.writeUInt8(personHash ? 1 : 0, end);
  if (personHash) end += bytes.write(personHash, end, 'hex');
  invariant(end === bytes.length, 'a chain hash or person digest is not hexadecimal', { previous, personHash });
  return sm3Hex(bytes);
}
