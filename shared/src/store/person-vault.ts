import { randomFillSync } from 'node:crypto';
import { personKey } from '../crypto/person-index.ts';
import { personKeyNo } from '../crypto/person-keys.ts';
import { hmacSm3, sm3Hex } from '../crypto/sm3.ts';
import { keyNoIn, openBytes, type SealingKey, sealBytes } from '../crypto/sm4.ts';
import { Fault } from '../fault.ts';
import { type Person, person } from '../protocol/events.ts';
import type { SealedPerson } from './streams.ts';

/**
 * Seals passengers for rows and events, and opens them for screens and paper.
 *
 * Month keys are loaded before they are needed, so that a verb never waits for one inside its transaction. The salt of a
 * digest is made from the month's key and the seal's iv, and lies nowhere: destroying the key destroys the person and the
 * salt, and the hash chain stays whole.
 */
export type PersonVault = {
  /** @throws Fault `person-key.missing` when the month's key has not been given to this machine. */
  seal(who: Person, bizDate: string): SealedPerson;
  /** Null when the key has been destroyed or was never here. */
  open(sealed: Uint8Array): Person | null;
  /** Seals a text that names a passenger, as paper does, under the month of `bizDate`. */
  sealText(text: string, bizDate: string): Buffer;
  openText(sealed: Uint8Array): string | null;
  /** Keyed digest that finds a person again by document. */
  find(idType: string, idNo: string): string;
  load(key: SealingKey): void;
  readonly months: readonly number[];
};

export function personVault(lookupKey: Uint8Array): PersonVault {
  const keys = new Map<number, SealingKey>();
  const keyOf = (bizDate: string) => {
    const keyNo = personKeyNo(bizDate);
    const key = keys.get(keyNo);
    if (key) return key;
    throw new Fault('person-key.missing', `no key for personal data of month ${keyNo}`, {
      hint: '本月的实名信息密钥还没有从中心取到：请先联网一次，再售票。',
      retryable: true,
      facts: { keyNo },
    });
  };
  const openText = (sealed: Uint8Array) => {
    const key = keys.get(keyNoIn(sealed) ?? -1);
    const opened = key && openBytes(key, sealed);
    return opened?.ok ? opened.value.toString('utf8') : null;
  };
  return {
    sealText: (text, bizDate) => sealBytes(keyOf(bizDate), Buffer.from(text), sixteenRandomBytes()),
    openText,
    seal: (who, bizDate) => {
      const key = keyOf(bizDate);
      const iv = sixteenRandomBytes();
      const salt = hmacSm3(key.mac, 'lianpiao person salt', iv);
      return {
        sealed: sealBytes(key, Buffer.from(JSON.stringify({ who })), iv),
        hash: sm3Hex(salt, JSON.stringify(who)),
      };
    },
    open: (sealed) => {
      const text = openText(sealed);
      return text === null ? null : person.parse((JSON.parse(text) as { who: unknown }).who);
    },
    find: (idType, idNo) => personKey(lookupKey, idType, idNo),
    load: (key) => void keys.set(key.keyNo, key),
    get months() {
      return [...keys.keys()];
    },
  };
}

/** Random bytes are drawn by the page: asking the system for sixteen costs as much as asking for four thousand. */
const page = Buffer.alloc(4096);
let used = page.length;

/** Fresh random bytes, each given out once. */
function sixteenRandomBytes(): Buffer {
  if (used + 16 > page.length) {
    randomFillSync(page);
    used = 0;
  }
  used += 16;
  return Buffer.from(page.subarray(used - 16, used));
}
