import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@lianpiao/shared/crypto/durable-file';
import { type MacKey, MacKeys, macKeyRow } from '@lianpiao/shared/crypto/mac-keys';
import { type Sm2KeyPair, sm2Decrypt } from '@lianpiao/shared/crypto/sm2';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { z } from 'zod';
import type { AgentDesk } from '../agent-desk.ts';

const row = z.object({ keyNo: z.int(), wrapped: z.string(), activeAt: z.int() });
/** The newest key and those that its overlap may still need. */
const KEYS_KEPT = 3;

/**
 * The station's MAC keys: that of its enrolment, and those that the hub has given since. They lie in a file of their own,
 * wrapped under the master key: a database that is restored does not bring an old key back.
 */
export class StationMacRing {
  readonly keys: MacKeys;
  readonly #file: string;
  readonly #station: string;
  readonly #masterKey: Uint8Array;
  #rows: z.infer<typeof row>[];

  constructor(folder: string, station: string, first: Omit<MacKey, 'activeAt'>, masterKey: Uint8Array) {
    this.#file = join(folder, 'mac-keys.json');
    this.#station = station;
    this.#masterKey = masterKey;
    const kept = existsSync(this.#file) ? z.array(row).parse(JSON.parse(readFileSync(this.#file, 'utf8'))) : [];
    // A station that was enrolled anew has a newer key than those that were given before.
    this.#rows = kept.filter(({ keyNo }) => keyNo > first.keyNo);
    this.keys = MacKeys.unwrap(station, this.#rows, masterKey);
    this.keys.add({ ...first, activeAt: 0 });
  }

  get newest(): number {
    return this.keys.newest;
  }

  /** From here on frames are signed with that key. It is on disk first: the hub takes the first frame as proof that we have it. */
  async adopt({ keyNo, secret }: Omit<MacKey, 'activeAt'>, now: EpochMs): Promise<void> {
    // A clock that was set back must not make it one that is not active yet.
    const key = { keyNo, secret, activeAt: Math.max(now, this.#rows.at(-1)?.activeAt ?? 0) };
    this.#rows = [...this.#rows, macKeyRow(this.#station, key, this.#masterKey, randomBytes(16))].slice(-KEYS_KEPT);
    await replaceFile(this.#file, JSON.stringify(this.#rows), 0o600);
    this.keys.add(key);
  }
}

/** Asks the hub whether the key is to be replaced, and takes the new one into use. A hub that knows no such question says no. */
export async function renewMacKey(
  { link, clock }: Pick<AgentDesk, 'link' | 'clock'>,
  ring: StationMacRing,
  own: Sm2KeyPair,
) {
  if (!link.state().online) return;
  const given = await link.request('keys.mac', { have: ring.newest });
  if (!given.ok || given.value.key === null) return;
  const { keyNo, sealed } = given.value.key;
  if (keyNo !== ring.newest + 1) return;
  const secret = sm2Decrypt(Buffer.from(sealed, 'base64url'), own.privateKey);
  if (!secret.ok) {
    const hint = '中心发来的链路密钥不是给本站的：请联系中心核对本站登记。';
    throw new Fault('mac-key.not-ours', 'the new MAC key was not sealed for this station', { hint, retryable: false });
  }
  await ring.adopt({ keyNo, secret: secret.value }, clock.now());
}
